/*
 * Files for tests that live in the page cache only, as a ramfs would have them, and that can be
 * slow, faulty or difficult on demand.
 */
#ifndef FOLIO_TESTS_CACHE_FILE_H
#define FOLIO_TESTS_CACHE_FILE_H

#include "kernel/fs/fs.h"
#include "kernel/timer_list.h"
#include "tests/kernel/ktest.h"

struct cache_file {
	struct inode inode; /* first */
	unsigned int reads; /* calls of readpage */
	unsigned int fill;  /* bytes of pages that are read in */
	unsigned int delay; /* ticks until they are there; 0: at once */
	int error;	    /* of readpage */
	bool whole_pages;   /* a page that is new and filled only in part is refused */
	/*
	 * Called by readpage and write_begin before anything else, the page not yet locked or
	 * found.
	 */
	void (*hook)(struct cache_file *cf);
	struct timer_list timer;
	struct page *reading;
};

/*
 * cache_file_open - a new file of `size` bytes with nothing cached, open for both; fput() ends it.
 */
struct file *cache_file_open(struct ktest *t, loff_t size);

/*
 * cache_file_tag_dirty - dirty pages of this file are tagged from now on, as if there were a disk.
 */
void cache_file_tag_dirty(struct file *file);

/* cache_file_of - what an open one is. */
static inline struct cache_file *cache_file_of(const struct file *file)
{
	return container_of(file->f_mapping->host, struct cache_file, inode);
}

#endif
