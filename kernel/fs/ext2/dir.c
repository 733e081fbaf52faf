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
 * The pages are in the folder's own page cache, in low memory. A lookup starts at the page where
 * the last name was found, an insertion at the first page that may have room; a name that is not
 * there is known only after all pages have been looked at (the dentry cache then remembers that).
 * Folders that another system has hashed (dir_index) are read as the list that they are as well,
 * and lose the mark when they are changed.
 *
 * Locks: the folder's i_mutex, for reading too; changes are made inside ext2_begin(), and commit.c
 * writes the pages while nobody is.
 *
 * Left out: hashed folders on the disk.
 */
#include "kernel/fs/dcache.h"
#include "kernel/fs/ext2/ext2.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/libfs.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/filemap.h"

#define ENTRY_HEADER 8u
#define ENTRY_ALIGN  4u

/* What an entry with a name of `len` bytes needs. */
static unsigned int entry_size(unsigned int len)
{
	return ALIGN_UP(ENTRY_HEADER + len, ENTRY_ALIGN);
}

/* ---- pages and entries ----------------------------------------------------------------------- */

static u32 dir_pages(const struct inode *dir)
{
	return (u32)file_pages(dir);
}

/* How many bytes of page `index` belong to the folder. */
static unsigned int bytes_used(const struct inode *dir, u32 index)
{
	return (unsigned int)min((loff_t)PAGE_SIZE, dir->i_size - ((loff_t)index << PAGE_SHIFT));
}

/* A page of a folder, with a reference; *data gets its address. Or ERR_PTR. */
static struct page *dir_page(struct inode *dir, u32 index, char **data)
{
	struct page *page = read_cache_page(NULL, dir->i_mapping, index, NULL);

	if (!IS_ERR(page))
		*data = lowmem_page_address(page);
	return page;
}

/* What is wrong with an entry that has `room` bytes to the end of its block. */
static const char *entry_problem(const struct ext2_dir_entry *de, unsigned int room)
{
	if (room < entry_size(1) || de->rec_len < entry_size(1))
		return "is too short";
	if (de->rec_len % ENTRY_ALIGN)
		return "ends at an odd place";
	if (de->rec_len < entry_size(de->name_len))
		return "is too short for its name";
	if (de->rec_len > room)
		return "crosses the end of its block";
	return "names an inode that cannot be";
}

/* The same question for all entries that are passed: is there anything wrong? */
static __always_inline bool is_sound(const struct ext2_dir_entry *de, unsigned int room, u32 inodes)
{
	unsigned int len = de->rec_len;

	return room >= entry_size(1) && len >= entry_size(1) && len <= room &&
	       !(len % ENTRY_ALIGN) && len >= ENTRY_HEADER + de->name_len && de->inode <= inodes;
}

static __noinline int bad_entry(const struct inode *dir, u32 index, unsigned int offset,
				const struct ext2_dir_entry *de, unsigned int room)
{
	return ext2_error(dir->i_sb, __func__, "folder %lu, page %u: the entry at byte %u %s",
			  dir->i_ino, index, offset, entry_problem(de, room));
}

/*
 * The entry at *offset of a page of `limit` bytes, checked; *offset moves behind it. NULL: that was
 * the last one, or *error.
 */
static __always_inline struct ext2_dir_entry *next_entry(const struct inode *dir, u32 index,
							 char *data, unsigned int *offset,
							 unsigned int limit, int *error)
{
	const struct ext2_sb_info *sbi = EXT2_SB(dir->i_sb);
	struct ext2_dir_entry *de = (struct ext2_dir_entry *)(data + *offset);
	unsigned int block_size = 1u << sbi->block_bits;
	unsigned int room = block_size - (*offset & (block_size - 1));

	if (*offset >= limit)
		return NULL;
	if (unlikely(!is_sound(de, room, sbi->inodes_count))) {
		*error = bad_entry(dir, index, *offset, de, room);
		return NULL;
	}
	*offset += de->rec_len;
	return de;
}

/* The byte of its folder at which an entry of a page lies. */
static u32 place_of(const struct page *page, const struct ext2_dir_entry *de)
{
	return ((u32)page->index << PAGE_SHIFT) +
	       (u32)((const char *)de - (const char *)lowmem_page_address(page));
}

void ext2_put_slot(struct ext2_dir_slot *slot)
{
	if (slot->page)
		put_page(slot->page);
	*slot = (struct ext2_dir_slot){0};
}

/* ---- finding --------------------------------------------------------------------------------- */

static __always_inline bool is_name(const struct ext2_dir_entry *de, const struct qstr *name)
{
	return de->name_len == name->len && de->inode && !memcmp(de->name, name->name, name->len);
}

/* 0: found; 1: not in this page; -errno. */
static int find_in_page(struct inode *dir, u32 index, const struct qstr *name,
			struct ext2_dir_slot *slot)
{
	unsigned int offset = 0, limit = bytes_used(dir, index), looked_at = 0;
	struct ext2_dir_entry *de;
	int error = 1;
	char *data;
	struct page *page = dir_page(dir, index, &data);

	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	while ((de = next_entry(dir, index, data, &offset, limit, &error))) {
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
	u32 pages = dir_pages(dir), index = EXT2_I(dir)->i_dir_hint;
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
	struct page *page = dir_page(dir, index, &data);

	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	de = next_entry(dir, index, data, &offset, bytes_used(dir, index), &error);
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
	unsigned int offset = 0, limit = bytes_used(dir, index);
	struct ext2_dir_entry *de;
	int error = 0;
	char *data;
	struct page *page = dir_page(dir, index, &data);

	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	while ((de = next_entry(dir, index, data, &offset, limit, &error)))
		if (de->inode)
			ext2_index_add(dir, de->name, de->name_len, place_of(page, de));
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
	for (u32 index = 0; index < dir_pages(dir) && !error; index++) {
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
	return de->rec_len - (de->inode ? entry_size(de->name_len) : 0);
}

/* An entry of a page that has `need` bytes to give; NULL: none, or *error. */
static struct ext2_dir_entry *find_room(struct inode *dir, u32 index, char *data, unsigned int need,
					int *error)
{
	unsigned int offset = 0, limit = bytes_used(dir, index);
	struct ext2_dir_entry *de;

	while ((de = next_entry(dir, index, data, &offset, limit, error)))
		if (room_in(de) >= need)
			return de;
	return NULL;
}

/* The name takes the room of `de`. */
static void place_name(struct inode *dir, struct page *page, struct ext2_dir_entry *de,
		       const struct qstr *name, const struct inode *inode)
{
	if (de->inode) {
		unsigned int used = entry_size(de->name_len);
		struct ext2_dir_entry *new = (struct ext2_dir_entry *)((char *)de + used);

		new->rec_len = de->rec_len - (u16)used;
		de->rec_len = (u16)used;
		de = new;
	}
	de->name_len = (u8)name->len;
	memcpy(de->name, name->name, name->len);
	point_entry(de, inode);
	EXT2_I(dir)->i_dir_room = place_of(page, de);
	ext2_index_add(dir, name->name, name->len, place_of(page, de));
	ext2_dir_dirtied(dir, page);
	touch_dir(dir);
}

int ext2_add_link_near(struct inode *dir, struct page *page, const struct qstr *name,
		       struct inode *inode)
{
	int error = -ENOSPC;
	struct ext2_dir_entry *de = find_room(dir, (u32)page->index, lowmem_page_address(page),
					      entry_size(name->len), &error);

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
	page = dir_page(dir, index, &data);
	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	de = next_entry(dir, index, data, &offset, bytes_used(dir, index), &error);
	if (de && room_in(de) >= entry_size(name->len)) {
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
	for (u32 index = ei->i_dir_free; index < dir_pages(dir); index++) {
		char *data;
		struct page *page = dir_page(dir, index, &data);

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
		before = next_entry(dir, (u32)slot->page->index, data, &offset, at, error);
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
	ext2_index_remove(dir, de->name, de->name_len, place_of(slot->page, de));
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

static bool is_dot_or_dotdot(const struct ext2_dir_entry *de)
{
	return de->name[0] == '.' &&
	       (de->name_len == 1 || (de->name_len == 2 && de->name[1] == '.'));
}

/* 1: no names but the dots in this page; 0: there are others; -errno. */
static int page_is_empty(struct inode *dir, u32 index)
{
	unsigned int offset = 0, limit = bytes_used(dir, index);
	struct ext2_dir_entry *de;
	int result = 1;
	char *data;
	struct page *page = dir_page(dir, index, &data);

	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	while ((de = next_entry(dir, index, data, &offset, limit, &result))) {
		if (de->inode && !is_dot_or_dotdot(de)) {
			result = 0;
			break;
		}
	}
	put_page(page);
	return result;
}

int ext2_empty_dir(struct inode *inode)
{
	int result = 1;

	for (u32 index = 0; index < dir_pages(inode) && result > 0; index++) {
		result = page_is_empty(inode, index);
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return result;
}

/* ---- readdir --------------------------------------------------------------------------------- */

/*
 * Entries of one page from ctx->pos on, which is a byte of the folder. That byte may not be the
 * start of an entry any more, if names came or went since: so the walk begins at the page's start.
 * True: go on with the next page.
 */
static bool emit_page(struct inode *dir, u32 index, struct dir_context *ctx, int *error)
{
	static const u8 types[EXT2_FT_MAX] = {DT_UNKNOWN, DT_REG,  DT_DIR,  DT_CHR,
					      DT_BLK,	  DT_FIFO, DT_SOCK, DT_LNK};
	loff_t base = (loff_t)index << PAGE_SHIFT;
	unsigned int offset = 0, limit = bytes_used(dir, index);
	struct ext2_dir_entry *de;
	bool more = true;
	char *data;
	struct page *page = dir_page(dir, index, &data);

	if (IS_ERR(page)) {
		*error = (int)PTR_ERR(page);
		return false;
	}
	while (more && (de = next_entry(dir, index, data, &offset, limit, error))) {
		loff_t pos = base + ((char *)de - data);
		unsigned int type = de->file_type < EXT2_FT_MAX ? types[de->file_type] : DT_UNKNOWN;

		if (pos < ctx->pos || !de->inode)
			continue;
		more = ctx->actor(ctx, de->name, de->name_len, pos, de->inode, type);
		if (more)
			ctx->pos = base + offset;
	}
	put_page(page);
	if (more && !*error)
		ctx->pos = base + limit;
	return more && !*error;
}

static int ext2_readdir(struct file *file, struct dir_context *ctx)
{
	struct inode *dir = file->f_inode;
	int error = 0;

	if (ctx->pos < 0)
		return -EINVAL;
	while (ctx->pos < dir->i_size) {
		if (!emit_page(dir, (u32)(ctx->pos >> PAGE_SHIFT), ctx, &error))
			break;
		cond_resched();
		if (fatal_signal_pending(current))
			break;
	}
	return error;
}

const struct file_operations ext2_dir_operations = {
	.read = generic_read_dir,
	.iterate = ext2_readdir,
	.fsync = ext2_sync_file,
};
