/*
 * What is in an ext2 folder: all of it, for getdents(2), or whether there is anything at all.
 *
 * Locks: the folder's i_mutex.
 */
#include "kernel/fs/ext2/dir.h"
#include "kernel/fs/libfs.h"
#include "kernel/sched.h"

static bool is_dot_or_dotdot(const struct ext2_dir_entry *de)
{
	return de->name[0] == '.' &&
	       (de->name_len == 1 || (de->name_len == 2 && de->name[1] == '.'));
}

/* 1: no names but the dots in this page; 0: there are others; -errno. */
static int page_is_empty(struct inode *dir, u32 index)
{
	unsigned int offset = 0, limit = ext2_bytes_used(dir, index);
	struct ext2_dir_entry *de;
	int result = 1;
	char *data;
	struct page *page = ext2_dir_page(dir, index, &data);

	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	while ((de = ext2_next_entry(dir, index, data, &offset, limit, &result))) {
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

	for (u32 index = 0; index < ext2_dir_pages(inode) && result > 0; index++) {
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
	unsigned int offset = 0, limit = ext2_bytes_used(dir, index);
	struct ext2_dir_entry *de;
	bool more = true;
	char *data;
	struct page *page = ext2_dir_page(dir, index, &data);

	if (IS_ERR(page)) {
		*error = (int)PTR_ERR(page);
		return false;
	}
	while (more && (de = ext2_next_entry(dir, index, data, &offset, limit, error))) {
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
