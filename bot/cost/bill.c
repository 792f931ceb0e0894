/* bill.c - work into the units and money of a platform. */
#include "bill.h"

#include "text.h"
#include "warehouse_up.h"

#include <math.h>

#define READ_NS         8.0 /* a stored byte fetched and unpacked by one core: some 125 MB/s */
#define EXCHANGE_NS     6.0 /* a byte written, sent and read again */
#define ENGINE_FACTOR   1.6 /* a distributed engine against a batch engine in one process */
#define SCALING         0.8 /* of added cores, what is gained */
#define START_SECONDS   0.7 /* planning, scheduling, first answer */
#define CORES_WORKER    8.0 /* i3.2xlarge and its like */
#define CORES_CREDIT    8.0 /* of a Snowflake warehouse, per credit an hour */
#define CORES_DPU       4.0
#define SLOT_CORES      0.5
#define UNKNOWN_SPEED   2.0 /* how far an engine nobody has measured may be from these figures, either way */
#define GLUE_START      8.0
#define SUSPEND_MINUTES 10.0 /* AUTO_SUSPEND of a Snowflake warehouse: https://docs.snowflake.com/en/sql-reference/sql/create-warehouse */
#define ATHENA_ROUND    1e6
#define TIB             1099511627776.0

static const char *const platform_names[] = {"databricks", "bigquery", "bigquery-slots", "athena", "snowflake", "glue"};

const char *platform_name(enum platform platform) { return platform_names[platform]; }

bool platform_parse(const char *name, enum platform *out) {
    for (size_t i = 0; i < PLATFORM_COUNT; i++) {
        if (str_iis(str_of(name), platform_names[i])) return *out = (enum platform)i, true;
    }
    return false;
}

double bill_seconds(const struct work *work, double cores) {
    double busy = (work->seconds + (work->read_bytes * READ_NS + work->shuffle_bytes * EXCHANGE_NS) * 1e-9) * ENGINE_FACTOR;
    return START_SECONDS + busy / fmax(1, cores > 1 ? pow(cores, SCALING) * pow(8, 1 - SCALING) : 1);
}

/* The errors of the work and of the engine's speed are of one another independent: their logarithms add as squares do. */
double bill_spread(const struct work *work) {
    double of_work = log(work->spread), of_speed = log(UNKNOWN_SPEED);
    return exp(sqrt(of_work * of_work + of_speed * of_speed));
}

static const char *missing_text(struct arena *arena, const struct work *work) {
    if (!work->missing.n) return "it is not known what it reads";
    struct buf b = buf_new(arena);
    buf_printf(&b, "the size of %s is not in the catalog", work->missing.at[0]);
    if (work->missing.n > 1) buf_printf(&b, " (nor of %zu other table%s)", work->missing.n - 1, work->missing.n > 2 ? "s" : "");
    return buf_str(&b);
}

static struct bill bill_unknown(const char *why) {
    struct bill bill = {.known = false, .cost = cost_unknown(why)};
    bill.cost.period = "run";
    return bill;
}

/* `figure` is what of the price list it is priced by; NULL: several, dated by who adds them. */
static struct bill bill_new(const struct price_list *prices, const char *unit, const char *figure) {
    struct bill bill = {.known = true, .unit = unit, .cost = price_cost_new(prices, "run")};
    if (figure) cost_dated(&bill.cost, price_number_date(prices, figure));
    return bill;
}

static void assumptions_add(struct arena *arena, struct bill *bill, const struct work *work, const struct bill_target *target) {
    char bytes[32];
    if (bill->seconds_high > 0 && target->basis) text_list_add(arena, &bill->cost.assumptions, target->basis);
    else if (bill->seconds_high > 0 && !(target->factor > 0 && target->spread > 0))
        text_list_add(arena, &bill->cost.assumptions, "its speed is a default: no runs on this compute were imported to fit it");
    text_bytes(work->read_bytes, bytes, sizeof bytes);
    text_list_printf(arena, &bill->cost.assumptions, "reads %s in %zu scan%s a run", bytes, work->scan_count, work->scan_count == 1 ? "" : "s");
    for (size_t i = 0; i < work->defaults.n; i++) text_list_add(arena, &bill->cost.assumptions, work->defaults.at[i]);
}

/* Seconds of the compute, as a range. */
static void seconds_fill(struct bill *bill, const struct work *work, const struct bill_target *target, double cores) {
    bool refitted = target->factor > 0 && target->spread > 0;
    double factor = refitted ? target->factor : 1, spread = refitted ? target->spread : bill_spread(work);
    double seconds = bill_seconds(work, target->cores > 0 ? target->cores : cores);
    bill->seconds_low = fmax(START_SECONDS, seconds * factor / spread);
    bill->seconds_high = fmax(bill->seconds_low, seconds * factor * spread);
    if (target->past_high > 0) bill->seconds_low = target->past_low, bill->seconds_high = target->past_high;
}

static void units_hourly(struct bill *bill, double per_hour, double least_seconds) {
    bill->units_low = fmax(bill->seconds_low, least_seconds) / 3600 * per_hour;
    bill->units_high = fmax(bill->seconds_high, least_seconds) / 3600 * per_hour;
}

/* One warehouse does all of them: up all the time is the most that runs can keep it. */
static void units_of_warehouse(struct arena *arena, struct bill *bill, const struct bill_target *t, double per_hour) {
    double most = t->gap_seconds > 0 ? t->gap_seconds : INFINITY;
    bill->units_low = fmin(bill->seconds_low, most) / 3600 * per_hour;
    bill->units_high = fmin(bill->seconds_high, most) / 3600 * per_hour;
    if (bill->seconds_high > most)
        text_list_add(arena, &bill->cost.assumptions, "at most the next run starts before one has ended: the warehouse is then up all the time");
}

static void money_fill(struct bill *bill, double price) {
    bill->cost.low = bill->units_low * price;
    bill->cost.high = bill->units_high * price;
}

/* A warehouse stays up for a while after its last query: paid by this one at most, by nobody when others use it. Said: in the amount; else beside it.
 */
static void idle_fill(struct arena *arena, struct bill *bill, const struct bill_target *t, double usual_minutes, double units, double money) {
    double minutes = t->stop_minutes > 0 ? t->stop_minutes : usual_minutes, hours = minutes / 60;
    if (t->gap_seconds > 0) hours = fmin(hours, fmax(0, t->gap_seconds - bill->seconds_high) / 3600);
    if (t->stop_minutes > 0) {
        bill->units_high += hours * units;
        bill->cost.high += hours * money;
        text_list_printf(arena, &bill->cost.assumptions,
                         "it stops %.4g minutes after its last query: at most they are paid too, at least others use it anyway", minutes);
        return;
    }
    struct cost idle = {.known = true, .low = hours * money, .high = hours * money, .currency = bill->cost.currency, .period = "run"};
    text_list_printf(arena, &bill->cost.assumptions,
                     "time it idles before it stops is not included: %.4g minutes when not set otherwise, %s that nothing else follows on", minutes,
                     cost_text(arena, &idle));
}

static struct bill databricks(struct arena *arena, const struct price_list *prices, const struct work *work, const struct bill_target *t) {
    struct compute compute = {.kind = COMPUTE_WAREHOUSE, .size = t->size ? t->size : "Small", .autotermination_minutes = NOT_SAID};
    compute.serverless = !t->type || str_iis(str_of(t->type), "serverless");
    double dbu;
    int workers;
    struct cost hour = price_compute_hour(arena, prices, &t->place, &compute);
    if (!hour.known || !price_warehouse_dbu(prices, compute.size, &dbu, &workers)) return bill_unknown(hour.unknown);
    struct bill bill = bill_new(prices, "DBU", NULL);
    cost_dated(&bill.cost, hour.price_date);
    cost_dated(&bill.cost, hour.price_date_last);
    seconds_fill(&bill, work, t, CORES_WORKER * workers);
    units_of_warehouse(arena, &bill, t, dbu);
    bill.cost.low = hour.low * bill.units_low / dbu;
    bill.cost.high = hour.high * bill.units_high / dbu;
    for (size_t i = 0; i < hour.assumptions.n; i++) text_list_add(arena, &bill.cost.assumptions, hour.assumptions.at[i]);
    idle_fill(arena, &bill, t, warehouse_stop_minutes(&compute), dbu, hour.low);
    return bill;
}

static struct bill bigquery(struct arena *arena, const struct price_list *prices, const struct work *work) {
    double price, least = 10485760;
    static const char figure[] = "bigquery.usd_per_tib_on_demand_us";
    if (!price_number(prices, figure, &price)) return bill_unknown("bigquery.usd_per_tib_on_demand_us is not in the price list");
    price_number(prices, "bigquery.min_bytes_per_table", &least);
    struct bill bill = bill_new(prices, "bytes billed", figure);
    for (size_t i = 0; i < work->scan_count; i++) {
        const struct work_scan *s = &work->scans[i];
        bill.units_low += fmax(least, s->bytes);
        bill.units_high += fmax(least, s->widths_known ? s->bytes : s->table_bytes * s->partition_share);
    }
    bill.cost.low = bill.units_low / TIB * price;
    bill.cost.high = bill.units_high / TIB * price;
    text_list_printf(arena, &bill.cost.assumptions,
                     "BigQuery on demand at %s per TiB of the columns read, 10 MiB a table at least; the free first TiB of a month is not taken off",
                     cost_rate(arena, bill.cost.currency, price));
    return bill;
}

static struct bill bigquery_slots(struct arena *arena, const struct price_list *prices, const struct work *work, const struct bill_target *t) {
    double price;
    int slots = t->units > 0 ? t->units : 100;
    struct bill bill = bill_new(prices, "slot-hours", "bigquery.usd_per_slot_hour");
    seconds_fill(&bill, work, t, slots * SLOT_CORES);
    units_hourly(&bill, slots, 60);
    text_list_printf(arena, &bill.cost.assumptions, "%d slots for the time of the query, 60 seconds at least", slots);
    if (!price_number(prices, "bigquery.usd_per_slot_hour", &price)) {
        bill.cost = cost_unknown("bigquery.usd_per_slot_hour is not in the price list: import your rate");
        bill.cost.period = "run";
        return bill;
    }
    text_list_printf(arena, &bill.cost.assumptions, "a slot-hour at %s", cost_rate(arena, bill.cost.currency, price));
    money_fill(&bill, price);
    return bill;
}

static struct bill athena(struct arena *arena, const struct price_list *prices, const struct work *work) {
    double price, least = 10e6;
    if (!price_number(prices, "athena.usd_per_tb_scanned", &price)) return bill_unknown("athena.usd_per_tb_scanned is not in the price list");
    price_number(prices, "athena.min_bytes_per_query", &least);
    struct bill bill = bill_new(prices, "bytes billed", "athena.usd_per_tb_scanned");
    double high = 0;
    for (size_t i = 0; i < work->scan_count; i++) high += work->scans[i].table_bytes * work->scans[i].partition_share;
    bill.units_low = fmax(least, ceil(work->read_bytes / ATHENA_ROUND) * ATHENA_ROUND);
    bill.units_high = fmax(least, ceil(high / ATHENA_ROUND) * ATHENA_ROUND);
    bill.cost.low = bill.units_low / 1e12 * price;
    bill.cost.high = bill.units_high / 1e12 * price;
    text_list_printf(arena, &bill.cost.assumptions,
                     "Athena at %s per TB read, 10 MB at least: from needed columns only (Parquet, ORC) to whole rows (CSV, JSON)",
                     cost_rate(arena, bill.cost.currency, price));
    return bill;
}

static struct bill snowflake(struct arena *arena, const struct price_list *prices, const struct work *work, const struct bill_target *t) {
    double credits, price, least = 60;
    const char *size = t->size ? t->size : "Small", *edition = t->type ? t->type : "ENTERPRISE";
    const char *figure = arena_printf(arena, "snowflake.usd_per_credit.%s", edition);
    if (!price_size_find(prices, "snowflake.credits_per_hour", &size, &credits))
        return bill_unknown(arena_printf(arena, "Snowflake warehouse size '%s' is not in the price list", size));
    if (!price_number(prices, figure, &price)) return bill_unknown(arena_printf(arena, "Snowflake edition '%s' is not in the price list", edition));
    price_number(prices, "snowflake.min_seconds", &least);
    struct bill bill = bill_new(prices, "credits", figure);
    seconds_fill(&bill, work, t, CORES_CREDIT * credits);
    units_of_warehouse(arena, &bill, t, credits);
    bill.units_high = fmax(bill.units_high, least / 3600 * credits); /* at most it wakes the warehouse for itself */
    money_fill(&bill, price);
    text_list_printf(arena, &bill.cost.assumptions,
                     "Snowflake %s: %.4g credit%s an hour at %s (%s, AWS US); %.0f s at least when it wakes the warehouse", size, credits,
                     credits == 1 ? "" : "s", cost_rate(arena, bill.cost.currency, price), edition, least);
    idle_fill(arena, &bill, t, SUSPEND_MINUTES, credits, credits * price);
    return bill;
}

static struct bill glue(struct arena *arena, const struct price_list *prices, const struct work *work, const struct bill_target *t) {
    double dpu, price, least = 60;
    const char *worker = t->size ? t->size : "G.1X";
    bool flex = t->type && str_iis(str_of(t->type), "flex");
    int workers = t->units > 0 ? t->units : 10;
    if (!price_number_in(prices, "glue.dpu_per_worker", worker, &dpu))
        return bill_unknown(arena_printf(arena, "Glue worker type '%s' is not in the price list", worker));
    const char *figure = flex ? "glue.usd_per_dpu_hour_flex" : "glue.usd_per_dpu_hour";
    if (!price_number(prices, figure, &price)) return bill_unknown("Glue is not in the price list");
    price_number(prices, "glue.min_seconds", &least);
    struct bill bill = bill_new(prices, "DPU-hours", figure);
    seconds_fill(&bill, work, t, CORES_DPU * dpu * (workers > 1 ? workers - 1 : 1));
    bill.seconds_low += GLUE_START;
    bill.seconds_high += GLUE_START;
    units_hourly(&bill, dpu * workers, least);
    money_fill(&bill, price);
    text_list_printf(arena, &bill.cost.assumptions, "Glue: %d %s worker%s, %s per DPU-hour%s, %.0f s at least", workers, worker,
                     workers == 1 ? "" : "s", cost_rate(arena, bill.cost.currency, price), flex ? " (Flex)" : "", least);
    return bill;
}

struct bill bill_of(struct arena *arena, const struct price_list *prices, const struct work *work, const struct bill_target *target) {
    struct bill bill;
    if (!work->known) return bill_unknown(missing_text(arena, work));
    switch (target->platform) {
    case PLATFORM_BIGQUERY:
        bill = bigquery(arena, prices, work);
        break;
    case PLATFORM_BIGQUERY_SLOTS:
        bill = bigquery_slots(arena, prices, work, target);
        break;
    case PLATFORM_ATHENA:
        bill = athena(arena, prices, work);
        break;
    case PLATFORM_SNOWFLAKE:
        bill = snowflake(arena, prices, work, target);
        break;
    case PLATFORM_GLUE:
        bill = glue(arena, prices, work, target);
        break;
    default:
        bill = databricks(arena, prices, work, target);
    }
    if (bill.known) assumptions_add(arena, &bill, work, target);
    return bill;
}
