/*
 * The format of ext2's folders.
 *
 * A folder is a file of entries, one behind the other; none crosses the end of a block. Each says
 * how long it is, and the last one of a block reaches to the block's end, so there are no gaps but
 * room inside entries:
 *
 *	| 12 "."  | 40 ".."                | 16 "hello" | 956 "x"                            |
 *	            '-- needs 12: 28 free                 '-- needs 12: 944 free
 *
 * A new name takes room from an entry that has more than it needs. A name that goes gives its room
 * to the one before it; at the start of a block, where there is none, its inode becomes 0.
 *
 * The pages are in the folder's own page cache, in low memory. A new name is put behind the one
 * that came last, if there is room left, and else into the first page that may have room. How names
 * are found is in dir_find.c.
 *
 * Folders that another system has hashed (dir_index) are read as the list that they are as well,
 * and lose the mark when they are changed.
 *
 * Locks: the folder's i_mutex, for reading too; changes are made inside ext2_begin(), and commit.c
 * writes the pages while nobody is.
 *
 * Left out: hashed folders on the disk.
 */
#include "kernel/fs/ext2/dir.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/string.h"

/* What is wrong with an entry that has `room` bytes to the end of its block. */
static const char *entry_problem(const struct ext2_dir_entry *de, unsigned int room)
{
	if (room < ext2_entry_size(1) || de->rec_len < ext2_entry_size(1))
		return "is too short";
	if (de->rec_len % EXT2_ENTRY_ALIGN)
		return "ends at an odd place";
	if (de->rec_len < ext2_entry_size(de->name_len))
		return "is too short for its name";
	if (de->rec_len > room)
		return "crosses the end of its block";
	return "names an inode that cannot be";
}

int ext2_bad_entry(const struct inode *dir, u32 index, unsigned int offset,
		   const struct ext2_dir_entry *de, unsigned int room)
{
	return ext2_error(dir->i_sb, __func__, "folder %lu, page %u: the entry at byte %u %s",
			  dir->i_ino, index, offset, entry_problem(de, room));
}

void ext2_put_slot(struct ext2_dir_slot *slot)
{
	if (slot->page)
		put_page(slot->page);
	*slot = (struct ext2_dir_slot){0};
}

/* ---- changing -------------------------------------------------------------------------------- */

static void touch_dir(struct inode *dir)
{
	dir->i_mtime = dir->i_ctime = current_time();
	EXT2_I(dir)->i_flags &= ~EXT2_INDEX_FL;
	mark_inode_dirty(dir);
}

static u8 file_type(const struct inode *inode)
{
	static const u8 types[16] = {
		[DT_REG] = EXT2_FT_REG,	    [DT_DIR] = EXT2_FT_DIR,   [DT_CHR] = EXT2_FT_CHR,
		[DT_BLK] = EXT2_FT_BLK,	    [DT_FIFO] = EXT2_FT_FIFO, [DT_SOCK] = EXT2_FT_SOCK,
		[DT_LNK] = EXT2_FT_SYMLINK,
	};

	return EXT2_SB(inode->i_sb)->has_filetype ? types[DT_OF(inode->i_mode)] : 0;
}

static void point_entry(struct ext2_dir_entry *de, const struct inode *inode)
{
	de->inode = (u32)inode->i_ino;
	de->file_type = file_type(inode);
}

/* The bytes that an entry could give away: all, if it is free. */
static unsigned int room_in(const struct ext2_dir_entry *de)
{
	return de->rec_len - (de->inode ? ext2_entry_size(de->name_len) : 0);
}

/* An entry of a page that has `need` bytes to give; NULL: none, or *error. */
static struct ext2_dir_entry *find_room(struct inode *dir, u32 index, char *data, unsigned int need,
					int *error)
{
	unsigned int offset = 0, limit = ext2_bytes_used(dir, index);
	struct ext2_dir_entry *de;

	while ((de = ext2_next_entry(dir, index, data, &offset, limit, error)))
		if (room_in(de) >= need)
			return de;
	return NULL;
}

/* The name takes the room of `de`. */
static void place_name(struct inode *dir, struct page *page, struct ext2_dir_entry *de,
		       const struct qstr *name, const struct inode *inode)
{
	if (de->inode) {
		unsigned int used = ext2_entry_size(de->name_len);
		struct ext2_dir_entry *new = (struct ext2_dir_entry *)((char *)de + used);

		new->rec_len = de->rec_len - (u16)used;
		de->rec_len = (u16)used;
		de = new;
	}
	de->name_len = (u8)name->len;
	memcpy(de->name, name->name, name->len);
	point_entry(de, inode);
	EXT2_I(dir)->i_dir_room = ext2_place_of(page, de);
	ext2_index_add(dir, name->name, name->len, ext2_place_of(page, de));
	ext2_dir_dirtied(dir, page);
	touch_dir(dir);
}

int ext2_add_link_near(struct inode *dir, struct page *page, const struct qstr *name,
		       struct inode *inode)
{
	int error = -ENOSPC;
	struct ext2_dir_entry *de = find_room(dir, (u32)page->index, lowmem_page_address(page),
					      ext2_entry_size(name->len), &error);

	if (!de)
		return error;
	place_name(dir, page, de, name, inode);
	return 0;
}

/* The page in which a block that is appended will lie, locked, up to date. Or ERR_PTR. */
static struct page *page_to_append(struct inode *dir)
{
	pgoff_t index = (pgoff_t)(dir->i_size >> PAGE_SHIFT);
	struct page *page;

	if (dir->i_size & (PAGE_SIZE - 1)) {
		page = read_cache_page(NULL, dir->i_mapping, index, NULL);
		if (!IS_ERR(page))
			lock_page(page);
		return page;
	}
	page = find_or_create_page(dir->i_mapping, index);
	if (!page)
		return ERR_PTR(-ENOMEM);
	memset(lowmem_page_address(page), 0, PAGE_SIZE);
	SetPageUptodate(page);
	return page;
}

/* One more block, with one free entry that fills it. */
static int append_block(struct inode *dir, struct ext2_dir_slot *slot)
{
	const struct ext2_sb_info *sbi = EXT2_SB(dir->i_sb);
	unsigned int block_size = 1u << sbi->block_bits;
	struct page *page = page_to_append(dir);
	loff_t size = dir->i_size;
	struct block_map map;
	char *at;
	int error;

	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	error = ext2_get_block(dir, (u32)(size >> sbi->block_bits), 1, true, &map);
	if (error) {
		unlock_page(page);
		put_page(page);
		return error;
	}
	at = (char *)lowmem_page_address(page) + ((unsigned int)size & (PAGE_SIZE - 1));
	memset(at, 0, block_size);
	slot->page = page;
	slot->de = (struct ext2_dir_entry *)at;
	slot->de->rec_len = (u16)block_size;
	i_size_write(dir, size + block_size);
	unlock_page(page);
	return 0;
}

/* Has the entry that took room last any left? 0; -ENOSPC: it has not; -errno. */
static int add_after_last(struct inode *dir, const struct qstr *name, struct inode *inode)
{
	u32 pos = EXT2_I(dir)->i_dir_room, index = pos >> PAGE_SHIFT;
	unsigned int offset = pos & (PAGE_SIZE - 1);
	struct ext2_dir_entry *de;
	int error = -ENOSPC;
	struct page *page;
	char *data;

	if (!pos)
		return -ENOSPC;
	page = ext2_dir_page(dir, index, &data);
	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	de = ext2_next_entry(dir, index, data, &offset, ext2_bytes_used(dir, index), &error);
	if (de && room_in(de) >= ext2_entry_size(name->len)) {
		place_name(dir, page, de, name, inode);
		error = 0;
	}
	put_page(page);
	return error;
}

int ext2_add_link(struct inode *dir, const struct qstr *name, struct inode *inode)
{
	struct ext2_inode_info *ei = EXT2_I(dir);
	struct ext2_dir_slot slot;
	int error = add_after_last(dir, name, inode);

	if (error != -ENOSPC)
		return error;
	for (u32 index = ei->i_dir_free; index < ext2_dir_pages(dir); index++) {
		char *data;
		struct page *page = ext2_dir_page(dir, index, &data);

		if (IS_ERR(page))
			return (int)PTR_ERR(page);
		error = ext2_add_link_near(dir, page, name, inode);
		put_page(page);
		if (error != -ENOSPC) {
			ei->i_dir_free = index;
			return error;
		}
	}
	error = append_block(dir, &slot);
	if (error)
		return error;
	ei->i_dir_free = (u32)slot.page->index;
	place_name(dir, slot.page, slot.de, name, inode);
	ext2_put_slot(&slot);
	return 0;
}

/* The entry before `de` in its block; NULL: it is the first one, or *error. */
static struct ext2_dir_entry *entry_before(struct inode *dir, const struct ext2_dir_slot *slot,
					   int *error)
{
	char *data = lowmem_page_address(slot->page);
	unsigned int block_size = 1u << EXT2_SB(dir->i_sb)->block_bits;
	unsigned int at = (unsigned int)((char *)slot->de - data);
	unsigned int offset = at & ~(block_size - 1);
	struct ext2_dir_entry *before = NULL;

	while (offset < at) {
		before = ext2_next_entry(dir, (u32)slot->page->index, data, &offset, at, error);
		if (!before)
			return NULL;
	}
	return before;
}

int ext2_delete_entry(struct inode *dir, struct ext2_dir_slot *slot)
{
	struct ext2_inode_info *ei = EXT2_I(dir);
	struct ext2_dir_entry *de = slot->de, *before;
	int error = 0;

	before = entry_before(dir, slot, &error);
	if (error)
		return error;
	ext2_index_remove(dir, de->name, de->name_len, ext2_place_of(slot->page, de));
	ei->i_dir_room = 0;
	if (before)
		before->rec_len = (u16)((char *)de + de->rec_len - (char *)before);
	de->inode = 0;
	ei->i_dir_free = min(ei->i_dir_free, (u32)slot->page->index);
	ext2_dir_dirtied(dir, slot->page);
	touch_dir(dir);
	return 0;
}

void ext2_set_link(struct inode *dir, struct ext2_dir_slot *slot, const struct inode *inode)
{
	point_entry(slot->de, inode);
	ext2_dir_dirtied(dir, slot->page);
	touch_dir(dir);
}

void ext2_swap_entries(struct inode *dir, struct ext2_dir_slot *a, struct ext2_dir_slot *b)
{
	swap(a->de->inode, b->de->inode);
	swap(a->de->file_type, b->de->file_type);
	ext2_dir_dirtied(dir, a->page);
	touch_dir(dir);
}

/* ---- folders as a whole ---------------------------------------------------------------------- */

int ext2_make_empty(struct inode *inode, const struct inode *parent)
{
	static const struct qstr dot = {.name = ".", .len = 1}, dotdot = {.name = "..", .len = 2};
	struct ext2_dir_slot slot;
	int error = append_block(inode, &slot);

	if (error)
		return error;
	place_name(inode, slot.page, slot.de, &dot, inode);
	place_name(inode, slot.page, slot.de, &dotdot, parent);
	ext2_put_slot(&slot);
	return 0;
}
