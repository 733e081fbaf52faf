/* What the parts of mpage share; everybody else includes kernel/fs/mpage.h. */
#ifndef FOLIO_FS_MPAGE_INTERNAL_H
#define FOLIO_FS_MPAGE_INTERNAL_H

#include "kernel/cpu/atomic.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/mpage.h"
#include "kernel/lib/string.h"
#include "mm/filemap.h"
#include "mm/highmem.h"

/* mpage_bdev - the device that a file lies on; a device lies on itself. */
static inline struct block_device *mpage_bdev(const struct inode *inode)
{
	return S_ISBLK(inode->i_mode) ? inode->i_private : inode->i_sb->s_bdev;
}

/* block_bits - log2 of the size of a file's blocks. */
static inline unsigned int block_bits(const struct inode *inode)
{
	return (unsigned int)__builtin_ctzl(inode->i_sb->s_blocksize);
}

/* size_in_blocks - how many blocks of 1 << bits bytes hold `size` bytes. */
static inline u32 size_in_blocks(loff_t size, unsigned int bits)
{
	u64 blocks = ((u64)size + (1u << bits) - 1) >> bits;

	return (u32)min(blocks, (u64)~0u);
}

/* page_block - the number of the first block of a page. */
static inline u32 page_block(const struct page *page, unsigned int bits)
{
	return (u32)page->index << (PAGE_SHIFT - bits);
}

/* zero_part - the bytes [from, to) of a page become zero. */
static inline void zero_part(struct page *page, unsigned int from, unsigned int to)
{
	char *at;

	if (from >= to)
		return;
	at = kmap_atomic(page);
	memset(at + from, 0, to - from);
	kunmap_atomic(at);
}

/*
 * A page under I/O may take part in several bios, and is done when the last one is: page->private
 * counts the parts, and one more for whoever hands them out.
 * put_part - one part is done; was it the last one?
 */
static inline void get_part(struct page *page)
{
	atomic_fetch_add_word(1, &page->private);
}
static inline bool put_part(struct page *page)
{
	return atomic_fetch_add_word(~0ul, &page->private) == 1;
}

/* Where a file's blocks are, as far as get_block() was asked. */
struct block_run {
	u32 start; /* the first block of the file; */
	struct block_map map;
};

/* A bio that is being filled with what follows each other on the device. */
struct bio_chain {
	struct block_device *bdev;
	struct bio *bio; /* NULL: none is open */
	sector_t next;	 /* the sector behind it */
	void (*end_io)(struct bio *bio);
	u8 op, flags;
};

/*
 * bio_chain_add - a part of a page, which lies at `sector`; what is open is submitted before, if it
 * does not fit. `vecs`: so many parts are expected, from this one on. False: it became one with the
 * part added before; end_io sees them as one. May sleep.
 * bio_chain_submit - hand over what is open. Before anything that may wait for memory or I/O.
 */
bool bio_chain_add(struct bio_chain *chain, sector_t sector, struct page *page, unsigned int offset,
		   unsigned int len, unsigned int vecs);
void bio_chain_submit(struct bio_chain *chain);

/* mpage_read_new - as mpage_readpage(), where the blocks of the mask are zero and not read. */
int mpage_read_new(struct page *page, get_block_t get_block, unsigned int fresh);

#endif
