/* postgres_value.c - integers, reals, text and bytes to the wire and back. */
#include "postgres_value.h"

#include <assert.h>
#include <endian.h>
#include <limits.h>

/* pg_type.dat of PostgreSQL: these numbers never change. */
enum pg_type {
    PG_BOOL = 16,
    PG_BYTES = 17,
    PG_INT8 = 20,
    PG_INT2 = 21,
    PG_INT4 = 23,
    PG_TEXT = 25,
    PG_FLOAT4 = 700,
    PG_FLOAT8 = 701,
    PG_NUMERIC = 1700,
};
#define NUMERIC_BASE     10000
#define NUMERIC_NEGATIVE 0x4000
#define FORMAT_BINARY    1

static void number_write(char out[8], uint64_t bits) {
    uint64_t big = htobe64(bits);
    memcpy(out, &big, sizeof big);
}

/* PostgreSQL takes neither a zero byte in text nor anything that is not UTF-8. */
static struct str text_clean(struct arena *arena, const struct val *v) {
    struct str text = {v->p, v->n};
    if (!memchr(text.p, 0, text.n) && utf8_valid(text.p, text.n)) return text;
    char *copy = arena_copy(arena, text.p, text.n);
    for (size_t i = 0; i < text.n; i++) {
        if (!copy[i]) copy[i] = ' ';
    }
    return str_of(utf8_clean(arena, copy, text.n));
}

static const struct err *parameter_fill(struct arena *arena, const struct val *v, struct pg_parameters *out, int i) {
    struct str bytes = {out->numbers[i], sizeof out->numbers[i]};
    uint64_t bits;
    switch (v->kind) {
    case VAL_INT:
        out->types[i] = PG_INT8;
        number_write(out->numbers[i], (uint64_t)v->i);
        break;
    case VAL_REAL:
        out->types[i] = PG_FLOAT8;
        memcpy(&bits, &v->r, sizeof bits);
        number_write(out->numbers[i], bits);
        break;
    case VAL_TEXT:
        out->types[i] = PG_TEXT;
        bytes = text_clean(arena, v);
        break;
    case VAL_BYTES:
        out->types[i] = PG_BYTES;
        bytes = (struct str){v->p, v->n};
        break;
    default:
        out->types[i] = 0;
        bytes = (struct str){NULL, 0};
    }
    if (bytes.n > INT_MAX) return err_new(ERR_INPUT, "store: a value of %zu bytes is too large", bytes.n);
    out->values[i] = bytes.p;
    out->lengths[i] = (int)bytes.n;
    out->formats[i] = FORMAT_BINARY;
    return NULL;
}

const struct err *pg_parameters_fill(struct arena *arena, struct vals vals, struct pg_parameters *out) {
    assert(vals.n <= PG_PARAMETERS_MAX);
    out->count = (int)vals.n;
    for (int i = 0; i < out->count; i++) TRY(parameter_fill(arena, &vals.at[i], out, i));
    return NULL;
}

static uint64_t big_endian(const unsigned char *p, int n) {
    uint64_t out = 0;
    for (int i = 0; i < n; i++) out = out << 8 | p[i];
    return out;
}

/* The sum of digit[i] * 10000 ^ (weight - i), after a head of four words: how many digits, weight, sign, decimals shown. */
static struct val numeric_read(const unsigned char *p, int n) {
    if (n < 8) return val_null();
    int digits = (int)big_endian(p, 2), weight = (int16_t)big_endian(p + 2, 2);
    bool negative = big_endian(p + 4, 2) == NUMERIC_NEGATIVE, whole = digits <= weight + 1 && weight < 4;
    double real = 0, unit = 1;
    int64_t integer = 0;
    for (int i = 0; i < digits && 8 + 2 * i + 2 <= n; i++) {
        int64_t digit = (int64_t)big_endian(p + 8 + 2 * i, 2);
        real = real * NUMERIC_BASE + (double)digit;
        if (whole) integer = integer * NUMERIC_BASE + digit;
    }
    for (int i = digits; whole && i <= weight; i++) integer *= NUMERIC_BASE;
    if (whole) return val_int(negative ? -integer : integer);
    for (int i = digits; i <= weight; i++) real *= NUMERIC_BASE;
    for (int i = weight + 1; i < digits; i++) unit *= NUMERIC_BASE;
    return val_real((negative ? -real : real) / unit);
}

static struct val float4_read(const unsigned char *p) {
    uint32_t bits = (uint32_t)big_endian(p, 4);
    float real;
    memcpy(&real, &bits, sizeof real);
    return val_real((double)real);
}

static struct val float8_read(const unsigned char *p) {
    uint64_t bits = big_endian(p, 8);
    double real;
    memcpy(&real, &bits, sizeof real);
    return val_real(real);
}

struct val pg_field(const PGresult *result, int row, int column) {
    if (PQgetisnull(result, row, column)) return val_null();
    const unsigned char *p = (const unsigned char *)PQgetvalue(result, row, column);
    int n = PQgetlength(result, row, column);
    switch ((enum pg_type)PQftype(result, column)) {
    case PG_BOOL:
        return val_int(p[0] != 0);
    case PG_INT2:
        return val_int((int16_t)big_endian(p, 2));
    case PG_INT4:
        return val_int((int32_t)big_endian(p, 4));
    case PG_INT8:
        return val_int((int64_t)big_endian(p, 8));
    case PG_FLOAT4:
        return float4_read(p);
    case PG_FLOAT8:
        return float8_read(p);
    case PG_NUMERIC:
        return numeric_read(p, n);
    case PG_BYTES:
        return val_bytes(p, (size_t)n);
    case PG_TEXT:
        break;
    }
    return (struct val){.kind = VAL_TEXT, .p = p, .n = (size_t)n};
}
