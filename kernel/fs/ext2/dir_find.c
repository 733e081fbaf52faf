/*
 * Finding names in ext2's folders: in the list (dir.c says what it looks like), or in the index
 * that a large folder gets (dir_index.c).
 *
 * A lookup in the list starts at the page where the last name was found, because names that are
 * looked up one after the other mostly lie side by side. A name that is not there is known only
 * after all pages have been looked at. Where that is much, there is an index from then on.
 *
 * Locks: the folder's i_mutex.
 */
#include "kernel/fs/ext2/dir.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"

static __always_inline bool is_name(const struct ext2_dir_entry *de, const struct qstr *name)
{
	return de->name_len == name->len && de->inode && !memcmp(de->name, name->name, name->len);
}

/* 0: found; 1: not in this page; -errno. */
static int find_in_page(struct inode *dir, u32 index, const struct qstr *name,
			struct ext2_dir_slot *slot)
{
	unsigned int offset = 0, limit = ext2_bytes_used(dir, index), looked_at = 0;
	struct ext2_dir_entry *de;
	int error = 1;
	char *data;
	struct page *page = ext2_dir_page(dir, index, &data);

	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	while ((de = ext2_next_entry(dir, index, data, &offset, limit, &error))) {
		looked_at++;
		if (is_name(de, name)) {
			*slot = (struct ext2_dir_slot){page, de};
			error = 0;
			break;
		}
	}
	EXT2_I(dir)->i_dir_looked_at += looked_at;
	if (error)
		put_page(page);
	return error;
}

static int find_in_list(struct inode *dir, const struct qstr *name, struct ext2_dir_slot *slot)
{
	u32 pages = ext2_dir_pages(dir), index = EXT2_I(dir)->i_dir_hint;
	int error;

	if (index >= pages)
		index = 0;
	for (u32 n = 0; n < pages; n++) {
		error = find_in_page(dir, index, name, slot);
		if (error <= 0) {
			EXT2_I(dir)->i_dir_hint = index;
			return error;
		}
		if (++index == pages)
			index = 0;
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return -ENOENT;
}

/* Is the name that of the entry at a place that the index says? 0: yes; 1: no; -errno. */
static int look_at_place(struct inode *dir, const struct qstr *name, u32 pos,
			 struct ext2_dir_slot *slot)
{
	u32 index = pos >> PAGE_SHIFT;
	unsigned int offset = pos & (PAGE_SIZE - 1);
	struct ext2_dir_entry *de;
	int error = 1;
	char *data;
	struct page *page = ext2_dir_page(dir, index, &data);

	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	de = ext2_next_entry(dir, index, data, &offset, ext2_bytes_used(dir, index), &error);
	if (de && is_name(de, name)) {
		*slot = (struct ext2_dir_slot){page, de};
		return 0;
	}
	put_page(page);
	return error;
}

static int find_by_index(struct inode *dir, const struct qstr *name, struct ext2_dir_slot *slot)
{
	struct ext2_index_search search = {0};
	int error = 1;

	while (error > 0 && ext2_index_next(dir, name->hash, &search))
		error = look_at_place(dir, name, search.pos, slot);
	return error > 0 ? -ENOENT : error;
}

/* All names of a page go into the index. */
static int index_page(struct inode *dir, u32 index)
{
	unsigned int offset = 0, limit = ext2_bytes_used(dir, index);
	struct ext2_dir_entry *de;
	int error = 0;
	char *data;
	struct page *page = ext2_dir_page(dir, index, &data);

	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	while ((de = ext2_next_entry(dir, index, data, &offset, limit, &error)))
		if (de->inode)
			ext2_index_add(dir, de->name, de->name_len, ext2_place_of(page, de));
	put_page(page);
	return error;
}

#define WORTH_AN_INDEX 1024u	    /* entries that were looked at */
#define INDEXED_SIZE   0x7fffffffll /* bytes: places are 32 bits */

/* Is there an index, or is it time for one? */
static bool has_index(struct inode *dir)
{
	struct ext2_inode_info *ei = EXT2_I(dir);
	int error = 0;

	if (ei->i_index || ei->i_dir_looked_at < WORTH_AN_INDEX || dir->i_size > INDEXED_SIZE)
		return ei->i_index;
	ei->i_dir_looked_at = 0;
	if (!ext2_index_make(dir))
		return false;
	for (u32 index = 0; index < ext2_dir_pages(dir) && !error; index++) {
		error = index_page(dir, index);
		cond_resched();
		if (fatal_signal_pending(current))
			error = -EINTR;
	}
	if (error)
		ext2_index_drop(dir);
	return ei->i_index;
}

int ext2_find_entry(struct inode *dir, const struct qstr *name, struct ext2_dir_slot *slot)
{
	*slot = (struct ext2_dir_slot){0};
	if (name->len > EXT2_NAME_LEN)
		return -ENAMETOOLONG;
	return has_index(dir) ? find_by_index(dir, name, slot) : find_in_list(dir, name, slot);
}

int ext2_dotdot(struct inode *dir, struct ext2_dir_slot *slot)
{
	static const struct qstr dotdot = {.name = "..", .len = 2};
	int error = dir->i_size ? find_in_page(dir, 0, &dotdot, slot) : 1;

	return error > 0 ? ext2_error(dir->i_sb, __func__, "folder %lu has no `..'", dir->i_ino)
			 : error;
}
