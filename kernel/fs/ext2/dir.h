/* Pages of folders and the entries in them: what the files that begin with dir share. */
#ifndef FOLIO_EXT2_DIR_H
#define FOLIO_EXT2_DIR_H

#include "kernel/fs/ext2/ext2.h"
#include "kernel/lib/err.h"
#include "mm/filemap.h"

#define EXT2_ENTRY_HEADER 8u
#define EXT2_ENTRY_ALIGN  4u

/* What an entry with a name of `len` bytes needs. */
static inline unsigned int ext2_entry_size(unsigned int len)
{
	return ALIGN_UP(EXT2_ENTRY_HEADER + len, EXT2_ENTRY_ALIGN);
}

static inline u32 ext2_dir_pages(const struct inode *dir)
{
	return (u32)file_pages(dir);
}

/* How many bytes of page `index` belong to the folder. */
static inline unsigned int ext2_bytes_used(const struct inode *dir, u32 index)
{
	return (unsigned int)min((loff_t)PAGE_SIZE, dir->i_size - ((loff_t)index << PAGE_SHIFT));
}

/* A page of a folder, with a reference; *data gets its address. Or ERR_PTR. */
static inline struct page *ext2_dir_page(struct inode *dir, u32 index, char **data)
{
	struct page *page = read_cache_page(NULL, dir->i_mapping, index, NULL);

	if (!IS_ERR(page))
		*data = lowmem_page_address(page);
	return page;
}

/* Is an entry as it must be, which has `room` bytes to the end of its block? */
static __always_inline bool ext2_is_sound(const struct ext2_dir_entry *de, unsigned int room,
					  u32 inodes)
{
	unsigned int len = de->rec_len;

	return room >= ext2_entry_size(1) && len >= ext2_entry_size(1) && len <= room &&
	       !(len % EXT2_ENTRY_ALIGN) && len >= EXT2_ENTRY_HEADER + de->name_len &&
	       de->inode <= inodes;
}

/*
 * ext2_bad_entry - tell what is wrong with an entry that has `room` bytes to its block's end.
 * -EUCLEAN.
 */
int ext2_bad_entry(const struct inode *dir, u32 index, unsigned int offset,
		   const struct ext2_dir_entry *de, unsigned int room);

/*
 * The entry at *offset of a page of `limit` bytes, checked; *offset moves behind it. NULL: that was
 * the last one, or *error.
 */
static __always_inline struct ext2_dir_entry *ext2_next_entry(const struct inode *dir, u32 index,
							      char *data, unsigned int *offset,
							      unsigned int limit, int *error)
{
	const struct ext2_sb_info *sbi = EXT2_SB(dir->i_sb);
	struct ext2_dir_entry *de = (struct ext2_dir_entry *)(data + *offset);
	unsigned int block_size = 1u << sbi->block_bits;
	unsigned int room = block_size - (*offset & (block_size - 1));

	if (*offset >= limit)
		return NULL;
	if (unlikely(!ext2_is_sound(de, room, sbi->inodes_count))) {
		*error = ext2_bad_entry(dir, index, *offset, de, room);
		return NULL;
	}
	*offset += de->rec_len;
	return de;
}

/* The byte of its folder at which an entry of a page lies. */
static inline u32 ext2_place_of(const struct page *page, const struct ext2_dir_entry *de)
{
	return ((u32)page->index << PAGE_SHIFT) +
	       (u32)((const char *)de - (const char *)lowmem_page_address(page));
}

#endif
