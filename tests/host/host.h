/*
 * The frame of the host tests: kernel files, compiled unchanged as an i386
 * program of the host under AddressSanitizer and UBSan, and tests around them.
 *
 * One executable for each tests/host/test_*.c. It prints KTAP version 1 and
 * exits with 0 only if every test passed. Each test runs in a process of its
 * own: it finds all kernel state as it was at the start, and a crash or a
 * sanitizer's report fails one test and not the rest.
 *
 *	HOST_TEST(split_keeps_order, "splitting an area keeps the order")
 *	{
 *		check(find(3) != NULL);
 *		check_eq(count(), 2);
 *	}
 *
 * A failed check prints where and what, and ends its test. Random tests take
 * their numbers from host_seed(), which prints the seed; FOLIO_SEED=n repeats
 * a run, FOLIO_SEED=random takes a new one. The executable's arguments, if any,
 * are parts of the names of the tests to run.
 */
#ifndef FOLIO_TESTS_HOST_H
#define FOLIO_TESTS_HOST_H

#include <setjmp.h>
#include <stdio.h>

#include "kernel/lib/compiler.h"
#include "kernel/lib/prng.h"

struct host_test {
	const char *name;
	void (*run)(void);
	struct host_test *next;
};

void host_register(struct host_test *test);

#define HOST_TEST(id, text)                                                  \
	static void host_test_##id(void);                                    \
	__attribute__((constructor)) static void host_register_##id(void)    \
	{                                                                    \
		static struct host_test test = {text, host_test_##id, NULL}; \
                                                                             \
		host_register(&test);                                        \
	}                                                                    \
	static void host_test_##id(void)

/* Prints a diagnostic line and ends the running test as failed. */
void host_fail(const char *file, int line, const char *fmt, ...) __printf(3, 4) __noreturn;

/* Prints a diagnostic line of the running test. */
void host_note(const char *fmt, ...) __printf(1, 2);

/* Ends the running test as one that this machine cannot host. */
void host_skip(const char *reason) __noreturn;

/* Seeds @rng and prints the seed. */
void host_seed(struct prng *rng);

#define check(cond)                                                           \
	do {                                                                  \
		if (!(cond))                                                  \
			host_fail(__FILE__, __LINE__, "not true: %s", #cond); \
	} while (0)

/* Numbers of up to 64 bits. */
#define check_eq(a, b)                                                                         \
	do {                                                                                   \
		long long check_a = (long long)(a), check_b = (long long)(b);                  \
                                                                                               \
		if (check_a != check_b)                                                        \
			host_fail(__FILE__, __LINE__, "%s is %lld (0x%llx), not %lld, %s", #a, \
				  check_a, check_a, check_b, #b);                              \
	} while (0)

/* Strings. */
#define check_str(a, b) host_check_str(__FILE__, __LINE__, a, b)
void host_check_str(const char *file, int line, const char *got, const char *want);

/*
 * Runs @statement, which must panic: panic() and BUG() of the shim jump back here.
 * Whatever the code had locked or half done stays so.
 */
#define check_panics(statement)                                                    \
	do {                                                                       \
		if (setjmp(*host_expect_panic()) == 0) {                           \
			statement;                                                 \
			host_fail(__FILE__, __LINE__, "no panic: %s", #statement); \
		}                                                                  \
	} while (0)

jmp_buf *host_expect_panic(void);

/* What panic() does here: back to check_panics(), or the test has failed. */
void host_panic(const char *message) __noreturn;

/* All that printk() has printed since the last host_log_clear(), as one string. */
const char *host_log(void);
void host_log_clear(void);
void host_log_add(const char *text);

/* Something like @text was printed. */
#define check_log(text)                                                                            \
	do {                                                                                       \
		if (!host_log_has(text))                                                           \
			host_fail(__FILE__, __LINE__, "not in the log: \"%s\"; it says: %s", text, \
				  host_log());                                                     \
	} while (0)
bool host_log_has(const char *text);

#endif
