/*
 * Numbers out of strings, with every error told apart. Any context.
 *
 * Base 0 means: "0x" is 16, a leading "0" is 8, else 10. Base 16 accepts "0x".
 * One trailing newline is allowed (what `echo 5 > file` writes); anything else
 * that is not part of the number is -EINVAL, a number that does not fit is
 * -ERANGE; *@res is changed only on success (0).
 */
#ifndef FOLIO_LIB_KSTRTOX_H
#define FOLIO_LIB_KSTRTOX_H

#include "kernel/lib/compiler.h"

/* A leading '+' is allowed; the signed ones also take '-'. @base: 0 or 2..36. */
int __must_check kstrtoull(const char *s, unsigned int base, unsigned long long *res);
int __must_check kstrtoul(const char *s, unsigned int base, unsigned long *res);
int __must_check kstrtol(const char *s, unsigned int base, long *res);
int __must_check kstrtouint(const char *s, unsigned int base, unsigned int *res);
int __must_check kstrtoint(const char *s, unsigned int base, int *res);

/* "1", "y", "on", "yes", "true" and their opposites, in either case. */
int __must_check kstrtobool(const char *s, bool *res);

/*
 * The number at the beginning of @s in @base (0 or 2..36), as far as it goes;
 * *@end (if @end) is where it ends, @s itself if there is no number. A number
 * that does not fit gives ULLONG_MAX, all digits consumed.
 */
unsigned long long simple_strtoull(const char *s, char **end, unsigned int base);

/*
 * A size in bytes: a number (base 0) and an optional suffix K, M or G in either
 * case, times 2^10, 2^20, 2^30. *@end is where it ends, @s if there is no number.
 * A size that does not fit gives ULLONG_MAX.
 */
unsigned long long memparse(const char *s, char **end);

#endif
