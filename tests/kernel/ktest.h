/*
 * Self-tests inside the kernel, reported in KTAP version 1
 * (https://docs.kernel.org/dev-tools/ktap.html).
 *
 *	static void test_one(struct ktest *t)
 *	{
 *		KT_ASSERT(t, page != NULL);	   ends the case when false
 *		KT_EXPECT_EQ(t, order, 3u);	   notes a failure and goes on
 *	}
 *	static const struct ktest_case cases[] = {KTEST(test_one), KTEST(test_two)};
 *	KTEST_SUITE(buddy, KTEST_QUICK, cases);
 *
 * A case runs in the context of the boot task (it may sleep once there is a
 * scheduler). After each suite the registered accounting must find memory as it
 * was before.
 */
#ifndef FOLIO_TESTS_KTEST_H
#define FOLIO_TESTS_KTEST_H

#include "kernel/lib/compiler.h"

struct ktest {
	const char *suite;
	const char *name;
	unsigned int failures;
	const char *skip_reason;
	void *data;  /* for the suite's setup() */
	void *stack; /* where KT_ASSERT leaves to (guard.asm) */
};

typedef void (*ktest_fn)(struct ktest *t);

struct ktest_case {
	const char *name;
	ktest_fn run;
};

/* The case `fn`, named as the function without a leading "test_". */
#define KTEST(fn)                        \
	{                                \
		.name = #fn, .run = (fn) \
	}

#define KTEST_QUICK 0x1u /* fast enough for every boot: part of selftest=quick */

/* How a case ended. */
struct ktest_result {
	bool failed;
	const char *skip_reason;
};

struct ktest_suite {
	const char *name;
	unsigned int flags;
	const struct ktest_case *cases;
	unsigned int nr_cases;
	struct ktest_result *results; /* of each case */
	/* Both may be NULL; run before and after each case (the latter in any case). */
	ktest_fn setup;
	ktest_fn teardown;
};

#define KTEST_SUITE(suite_name, suite_flags, suite_cases) \
	KTEST_SUITE_WITH(suite_name, suite_flags, suite_cases, NULL, NULL)
#define KTEST_SUITE_WITH(suite_name, suite_flags, suite_cases, suite_setup, suite_teardown) \
	static struct ktest_result ktest_results_##suite_name[ARRAY_SIZE(suite_cases)];     \
	static const struct ktest_suite ktest_suite_##suite_name __used __aligned(4)        \
		__section(".ktest_suites") = {.name = #suite_name,                          \
					      .flags = (suite_flags),                       \
					      .cases = (suite_cases),                       \
					      .nr_cases = ARRAY_SIZE(suite_cases),          \
					      .results = ktest_results_##suite_name,        \
					      .setup = (suite_setup),                       \
					      .teardown = (suite_teardown)}

/* ktest_skip - this machine cannot host the case: report SKIP with the reason; leaves the case. */
void ktest_skip(struct ktest *t, const char *reason) __noreturn;

/* ktest_log - a diagnostic line, "# ...", shown if the case fails or selftest=all. */
void ktest_log(struct ktest *t, const char *fmt, ...) __printf(2, 3);

void ktest_fail(struct ktest *t, const char *file, int line, const char *fmt, ...) __printf(4, 5);
void ktest_abort(struct ktest *t) __noreturn; /* leave the case; teardown still runs */

#define KT_EXPECT(t, condition)                                                       \
	({                                                                            \
		bool _ok = !!(condition);                                             \
                                                                                      \
		if (unlikely(!_ok))                                                   \
			ktest_fail(t, __FILE__, __LINE__, "%s is false", #condition); \
		_ok;                                                                  \
	})
#define KT_ASSERT(t, condition)               \
	do {                                  \
		if (!KT_EXPECT(t, condition)) \
			ktest_abort(t);       \
	} while (0)

/*
 * Compare two integers or pointers of up to 64 bits; both are evaluated once. They come as
 * text too, made before a macro in them could be expanded.
 */
#define KT_COMPARE(t, a, op, b, a_text, b_text)                                                    \
	({                                                                                         \
		__typeof__(a) _a = (a);                                                            \
		__typeof__(b) _b = (b);                                                            \
		bool _ok = _a op _b;                                                               \
                                                                                                   \
		if (unlikely(!_ok))                                                                \
			ktest_fail(t, __FILE__, __LINE__,                                          \
				   "%s " #op " %s is false: %lld (0x%llx), %lld (0x%llx)", a_text, \
				   b_text, KT_LL(_a), KT_LL(_a), KT_LL(_b), KT_LL(_b));            \
		_ok;                                                                               \
	})
#define KT_LL(x)	      ((long long)(__builtin_choose_expr(sizeof(x) == 8, x, (unsigned long)(x))))

#define KT_EXPECT_EQ(t, a, b) KT_COMPARE(t, a, ==, b, #a, #b)
#define KT_EXPECT_NE(t, a, b) KT_COMPARE(t, a, !=, b, #a, #b)
#define KT_EXPECT_LT(t, a, b) KT_COMPARE(t, a, <, b, #a, #b)
#define KT_EXPECT_LE(t, a, b) KT_COMPARE(t, a, <=, b, #a, #b)
#define KT_EXPECT_GE(t, a, b) KT_COMPARE(t, a, >=, b, #a, #b)

#define KT_ASSERT_OP(t, a, op, b, a_text, b_text)             \
	do {                                                  \
		if (!KT_COMPARE(t, a, op, b, a_text, b_text)) \
			ktest_abort(t);                       \
	} while (0)
#define KT_ASSERT_EQ(t, a, b) KT_ASSERT_OP(t, a, ==, b, #a, #b)
#define KT_ASSERT_NE(t, a, b) KT_ASSERT_OP(t, a, !=, b, #a, #b)

/* Two strings. */
#define KT_EXPECT_STREQ(t, a, b) ktest_expect_str(t, __FILE__, __LINE__, #a, a, b)
bool ktest_expect_str(struct ktest *t, const char *file, int line, const char *what,
		      const char *got, const char *want);

/*
 * ktest_guard - call fn(t). Returns when that does, or when ktest_leave() is called with
 * the same `place` from within, interrupts as they were.
 */
void ktest_guard(void **place, ktest_fn fn, struct ktest *t);
void ktest_leave(void **place) __noreturn;

/*
 * ktest_register_accounting - `snapshot` writes up to KTEST_ACCOUNTS numbers (free
 * pages, live objects...) after draining caches; they must be the same before and
 * after each suite. `names` are for the report. Up to KTEST_ACCOUNTINGS may be
 * registered, at boot; the memory stays the caller's.
 */
#define KTEST_ACCOUNTS	  16
#define KTEST_ACCOUNTINGS 4
struct ktest_accounting {
	const char *const *names;
	unsigned int count;
	void (*snapshot)(unsigned long *values);
	struct ktest_accounting *next;
};
void ktest_register_accounting(struct ktest_accounting *accounting);

/*
 * ktest_run - run what the boot option selftest= asks for and print the report.
 * True if nothing failed. Process context.
 */
bool ktest_run(void);

/* ktest_wanted - was there a selftest= that asked for tests? */
bool ktest_wanted(void);

#endif
