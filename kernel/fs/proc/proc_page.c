/*
 * A word of 64 bits for each page frame: kpagecount tells how often it is mapped,
 * kpageflags what it is (Linux's Documentation/admin-guide/mm/pagemap).
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/proc/proc.h"
#include "kernel/lib/errno.h"
#include "kernel/sched.h"
#include "mm/memory.h"
#include "mm/rmap.h"

#define WORD_SIZE sizeof(u64)
#define BATCH	  64u

/* Bits of kpageflags (include/uapi/linux/kernel-page-flags.h). */
#define KPF_BUDDY	  10
#define KPF_MMAP	  11
#define KPF_ANON	  12
#define KPF_COMPOUND_HEAD 15
#define KPF_NOPAGE	  20
#define KPF_ZERO_PAGE	  24
#define KPF_PGTABLE	  26
#define KPF_RESERVED	  32
#define KPF_MLOCKED	  33

static const struct {
	u8 flag, bit;
} flag_bits[] = {
	{PG_locked, 0},
	{PG_error, 1},
	{PG_referenced, 2},
	{PG_uptodate, 3},
	{PG_dirty, 4},
	{PG_lru, 5},
	{PG_active, 6},
	{PG_slab, 7},
	{PG_writeback, 8},
	{PG_reclaim, 9},
	{PG_buddy, KPF_BUDDY},
	{PG_swapcache, 13},
	{PG_swapbacked, 14},
	{PG_head, KPF_COMPOUND_HEAD},
	{PG_table, KPF_PGTABLE},
	{PG_reserved, KPF_RESERVED},
	{PG_mlocked, KPF_MLOCKED},
};

static u64 page_flag_word(unsigned long pfn)
{
	const struct page *page;
	u64 word = 0;

	if (!pfn_valid(pfn))
		return 1ull << KPF_NOPAGE;
	page = pfn_to_page(pfn);
	for (unsigned int i = 0; i < ARRAY_SIZE(flag_bits); i++)
		if (page->flags & BIT(flag_bits[i].flag))
			word |= 1ull << flag_bits[i].bit;
	if (page_mapcount(page) && !PageTable(page) && !PageBuddy(page))
		word |= 1ull << KPF_MMAP | (PageAnon(page) ? 1ull << KPF_ANON : 0);
	if (page == zero_page)
		word |= 1ull << KPF_ZERO_PAGE;
	return word;
}

static u64 page_count_word(unsigned long pfn)
{
	const struct page *page;

	if (!pfn_valid(pfn))
		return 0;
	page = pfn_to_page(pfn);
	return PageBuddy(page) || PageTable(page) ? 0 : (u64)page_mapcount(page);
}

static ssize_t read_words(char __user *buf, size_t count, loff_t *pos, u64 (*word)(unsigned long))
{
	const loff_t end = (loff_t)max_pfn * (loff_t)WORD_SIZE;
	u64 words[BATCH];
	size_t done = 0;

	if (*pos % (loff_t)WORD_SIZE || count % WORD_SIZE)
		return -EINVAL;
	while (done < count && *pos < end) {
		size_t bytes = min(min(count - done, sizeof(words)), (size_t)(end - *pos));
		unsigned long pfn = (unsigned long)(*pos >> 3);

		for (unsigned int i = 0; i < bytes / WORD_SIZE; i++)
			words[i] = word(pfn + i);
		if (copy_to_user(buf + done, words, bytes))
			return done ? (ssize_t)done : -EFAULT;
		done += bytes;
		*pos += (loff_t)bytes;
		cond_resched();
	}
	return (ssize_t)done;
}

static ssize_t kpagecount_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	(void)file;
	return read_words(buf, count, pos, page_count_word);
}

static ssize_t kpageflags_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	(void)file;
	return read_words(buf, count, pos, page_flag_word);
}

static const struct file_operations kpagecount_fops = {.read = kpagecount_read};
static const struct file_operations kpageflags_fops = {.read = kpageflags_read};

static struct proc_entry entries[] = {
	{.name = "kpagecount", .fops = &kpagecount_fops, .mode = 0400},
	{.name = "kpageflags", .fops = &kpageflags_fops, .mode = 0400},
};

void proc_page_init(void)
{
	proc_register_all(NULL, entries);
}
