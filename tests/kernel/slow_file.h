/*
 * Files for tests on a device that is not there: what is written to it takes as long as the test
 * wants, fails when it wants, and is counted.
 */
#ifndef FOLIO_TESTS_SLOW_FILE_H
#define FOLIO_TESTS_SLOW_FILE_H

#include "kernel/fs/fs.h"
#include "tests/kernel/ktest.h"

#define SLOW_NOTES 512u

/* The only such device; its fields may be changed at any time. */
extern struct slow_disk {
	struct super_block *sb;
	unsigned int delay; /* ticks until I/O ends; 0: at once */
	bool hold;	    /* none ends before slow_disk_end() */
	int error;	    /* how it ends; 0: well */
	bool refuse;	    /* page_mkwrite says SIGBUS */
	bool readpage_only; /* reading ahead fails */

	/* What was done: */
	unsigned int writes, reads; /* pages */
	pgoff_t written[SLOW_NOTES];
	unsigned int nr_readpages; /* calls, */
	struct {
		pgoff_t first;
		unsigned int nr;
	} readpages[SLOW_NOTES];	   /* and for what */
	unsigned int syncs, waiting_syncs; /* s_op->sync_fs; with wait */
	unsigned int fsyncs;
	loff_t fsync_start, fsync_end; /* of the last */
	unsigned int mkwrites;
	unsigned int most_dirty; /* dirty and under write-back, at any write */
} slow_disk;

/* slow_disk_setup, slow_disk_teardown - in a new address space. For KTEST_SUITE_WITH. */
void slow_disk_setup(struct ktest *t);
void slow_disk_teardown(struct ktest *t);

/* slow_file_open - a new file of that many pages on it, open for both; fput() ends it. */
struct file *slow_file_open(struct ktest *t, unsigned int pages);

/* slow_disk_end - all I/O that is held ends now. */
void slow_disk_end(void);

/* slow_file_dirty - pages [first, first+nr) of a file are in the cache, and dirty. */
void slow_file_dirty(struct ktest *t, struct file *file, pgoff_t first, unsigned int nr);

#endif
