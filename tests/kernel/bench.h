/*
 * The benchmark: boot option `bench`. What an operation costs in time-stamp ticks,
 * which under QEMU's -icount shift=0 are instructions, the same in each run.
 */
#ifndef FOLIO_TESTS_BENCH_H
#define FOLIO_TESTS_BENCH_H

#include "kernel/cpu/cpu.h"

/* One operation. The name is a word: run.py finds its budget by it. */
struct bench_row {
	const char *name;
	const char *what;
	bool (*setup)(void);	    /* false: this machine cannot do it; the row is left out */
	unsigned long (*run)(void); /* the operation once; returns its ticks */
	void (*teardown)(void);	    /* may be NULL, as setup */
};

/*
 * Ticks that the statements take; for the run() functions, which call public
 * functions with arguments that the compiler does not know.
 */
#define BENCH_TICKS(statements)                    \
	({                                         \
		u64 _begin = rdtsc();              \
                                                   \
		statements;                        \
		(unsigned long)(rdtsc() - _begin); \
	})

extern const struct bench_row bench_mm_rows[];
extern const unsigned int nr_bench_mm_rows;

/* bench_user - what is measured in user mode. */
void bench_user(void);

/* bench_median - the settled cost of an operation, as a row's run() tells it. */
unsigned long bench_median(unsigned long (*run)(void));

/* bench_lesson - the three lesson allocators side by side. */
void bench_lesson(void);

/* bench_run - with the boot option `bench`: measure and print everything. Process context. */
void bench_run(void);

#endif
