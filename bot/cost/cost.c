/* cost.c - an amount of money as it is shown. */
#include "cost.h"

#include "text.h"

#include <math.h>
#include <stdio.h>

struct cost cost_unknown(const char *why) {
    return (struct cost){.known = false, .currency = "USD", .period = "month", .unknown = why};
}

struct cost cost_nothing(void) {
    return (struct cost){.known = true, .currency = "USD", .period = "month"};
}

bool cost_is_monthly(const struct cost *cost) { return cost->period && strcmp(cost->period, "month") == 0; }

struct cost cost_negated(const struct cost *cost) {
    struct cost out = *cost;
    out.low = -cost->high;
    out.high = -cost->low;
    return out;
}

void cost_dated(struct cost *cost, const char *day) {
    const char *last = cost->price_date_last ? cost->price_date_last : cost->price_date;
    if (!day || !*day) return;
    if (!cost->price_date) {
        cost->price_date = day;
        return;
    }
    if (strcmp(day, cost->price_date) < 0) cost->price_date_last = last, cost->price_date = day;
    else if (strcmp(day, last) > 0) cost->price_date_last = day;
}

const char *cost_dates(struct arena *arena, const struct cost *cost) {
    if (!cost->price_date_last || !cost->price_date) return cost->price_date;
    return arena_printf(arena, "%s to %s", cost->price_date, cost->price_date_last);
}

const char *cost_rate(struct arena *arena, const char *currency, double rate) {
    bool dollars = !currency || strcmp(currency, "USD") == 0, cents = fabs(rate * 100 - round(rate * 100)) < 1e-7;
    const char *digits = cents ? arena_printf(arena, "%.2f", rate) : arena_printf(arena, "%.4g", rate);
    return dollars ? arena_printf(arena, "$%s", digits) : arena_printf(arena, "%s %s", digits, currency);
}

static void lists_join(struct arena *arena, struct text_list *into, const struct text_list *from) {
    for (size_t i = 0; i < from->n; i++) {
        if (!text_list_has(into, from->at[i])) text_list_add(arena, into, from->at[i]);
    }
}

struct cost cost_add(struct arena *arena, const struct cost *a, const struct cost *b) {
    struct cost sum = {.known = a->known && b->known,
                       .currency = a->currency ? a->currency : b->currency,
                       .period = a->period ? a->period : b->period,
                       .price_date = a->price_date,
                       .price_date_last = a->price_date_last,
                       .price_source = a->price_source ? a->price_source : b->price_source};
    cost_dated(&sum, b->price_date);
    cost_dated(&sum, b->price_date_last);
    if (sum.known) {
        sum.low = a->low + b->low;
        sum.high = a->high + b->high;
    } else {
        sum.unknown = a->known ? b->unknown : a->unknown;
    }
    lists_join(arena, &sum.assumptions, &a->assumptions);
    lists_join(arena, &sum.assumptions, &b->assumptions);
    return sum;
}

/* Two significant digits are all an estimate can carry, and nothing below a cent. */
static double amount_round(double amount) {
    double size = fabs(amount);
    if (size < 1) return round(amount * 100) / 100;
    double step = pow(10, floor(log10(size)) - 1);
    return round(amount / step) * step;
}

static void amount_add(struct buf *b, double amount, const char *sign) {
    double rounded = amount_round(amount);
    if (rounded < 0) buf_char(b, '-');
    buf_text(b, sign);
    rounded = fabs(rounded);
    if (rounded < 10 && rounded != floor(rounded)) {
        buf_printf(b, "%.2f", rounded);
        return;
    }
    char digits[40];
    snprintf(digits, sizeof digits, "%.0f", rounded);
    size_t n = strlen(digits);
    for (size_t i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0) buf_char(b, ',');
        buf_char(b, digits[i]);
    }
}

const char *cost_text(struct arena *arena, const struct cost *cost) {
    struct buf b = buf_new(arena);
    if (!cost->known) {
        buf_text(&b, "not known");
        if (cost->unknown) buf_printf(&b, ": %s", cost->unknown);
        return buf_str(&b);
    }
    if (!isfinite(cost->low) || !isfinite(cost->high)) return "not known: larger than can be said";
    const char *currency = cost->currency ? cost->currency : "USD";
    const char *sign = strcmp(currency, "USD") == 0 ? "$" : "";
    const char *per = cost->period ? cost->period : "month";
    bool small = cost->period && strcmp(cost->period, "month") != 0; /* cents of a run or an hour add up */
    double least = small ? 0.01 : 1, low = amount_round(cost->low), high = amount_round(cost->high);
    if (cost->low > -least && cost->high < least) {
        buf_printf(&b, "under %s%s%s%s a%s %s", sign, small ? "0.01" : "1", *sign ? "" : " ", *sign ? "" : currency, *per == 'h' ? "n" : "", per);
        if (cost->low < 0) buf_text(&b, " more or less");
        return buf_str(&b);
    }
    bool from_nothing = low == 0 && high > 0;
    buf_text(&b, from_nothing ? "up to " : "about ");
    amount_add(&b, from_nothing ? high : low, sign);
    if (high != low && !from_nothing) {
        buf_text(&b, cost->low < 0 ? " to " : "-");
        amount_add(&b, cost->high, cost->low < 0 ? sign : "");
    }
    if (!*sign) buf_printf(&b, " %s", currency);
    buf_printf(&b, " a%s %s", *per == 'h' ? "n" : "", per);
    return buf_str(&b);
}
