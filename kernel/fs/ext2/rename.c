/*
 * Moving names in ext2.
 *
 * At any time, and so after a power cut too, the file must have a name, and a name that is moved
 * over must be that of the old file or of the new one. An entry changes in one write, and so do two
 * that lie in one page; for anything else there is a commit between two writes (commit.c):
 *
 *	into room of the same page       new entry and removal are one write
 *	elsewhere                        new entry | commit | removal
 *	over a name of the same page     both entries exchange their inodes, one write | commit |
 *	                                 the old file dies, under the moved name
 *	over a name elsewhere            the old file gets another name, for a moment | commit | its
 *	                                 entry names the new file | commit | the old file dies,
 *	                                 under that other name, and the moved name goes
 *
 * The other name is ".replaced-" and numbers. Nobody sees it, as the folder is
 * locked; after a power cut just then, it is what is left of the old file.
 *
 * What ext2 cannot do is to move a folder into another folder in one write: for a moment it has two
 * parents on the disk, and a power cut just then needs e2fsck with its questions.
 *
 * Locks: the i_mutexes of the folders, by the caller; ext2_begin() for each step. While a step ends
 * for a commit, the i_mutexes keep the folders as they are.
 */
#include "kernel/fs/dcache.h"
#include "kernel/fs/ext2/ext2.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "mm/filemap.h"

/* ---- moving ---------------------------------------------------------------------------------- */

struct move {
	struct super_block *sb;
	struct inode *from, *to; /* the folders */
	const struct qstr *old_name, *new_name;
	struct inode *inode, *victim; /* victim: NULL if there is none */
	struct ext2_dir_slot old, new;
	bool to_other_dir; /* a folder that gets another parent */
};

static void put_slots(struct move *m)
{
	ext2_put_slot(&m->old);
	ext2_put_slot(&m->new);
}

/* Inside. */
static int find_slots(struct move *m)
{
	int error = ext2_find_entry(m->from, m->old_name, &m->old);

	if (!error && m->victim)
		error = ext2_find_entry(m->to, m->new_name, &m->new);
	if (error)
		put_slots(m);
	return error;
}

/* Inside: a folder's `..' and its parents' counts. */
static int change_parent(struct move *m)
{
	struct ext2_dir_slot dotdot;
	int error;

	if (!m->to_other_dir)
		return 0;
	error = ext2_dotdot(m->inode, &dotdot);
	if (error)
		return error;
	ext2_set_link(m->inode, &dotdot, m->to);
	ext2_put_slot(&dotdot);
	ext2_add_subdirs(m->from, -1);
	ext2_add_subdirs(m->to, 1);
	return 0;
}

static void file_moved(struct move *m)
{
	m->inode->i_ctime = current_time();
	mark_inode_dirty(m->inode);
}

/* The removal of a name that the file does not need any more, as a step of its own. */
static int remove_name(struct inode *dir, const struct qstr *name)
{
	struct ext2_dir_slot slot;
	int error = ext2_begin(dir->i_sb);

	if (error)
		return error;
	error = ext2_find_entry(dir, name, &slot);
	if (!error) {
		error = ext2_delete_entry(dir, &slot);
		ext2_put_slot(&slot);
	}
	ext2_end(dir->i_sb);
	return error;
}

/* Inside. True: there was room beside the old entry, and it is all done in one page. */
static bool moved_within_page(struct move *m, int *error)
{
	if (m->from != m->to)
		return false;
	*error = ext2_add_link_near(m->to, m->old.page, m->new_name, m->inode);
	if (*error == -ENOSPC)
		return false;
	if (!*error)
		*error = ext2_delete_entry(m->from, &m->old);
	return true;
}

/* To a name that is not there. */
static int move_to_new_name(struct move *m)
{
	bool tried = false, done;
	int error;

	do {
		error = ext2_begin(m->sb);
		if (error)
			return error;
		error = find_slots(m);
		done = error || moved_within_page(m, &error);
		if (!done)
			error = ext2_add_link(m->to, m->new_name, m->inode);
		if (!error)
			error = change_parent(m);
		if (!error)
			file_moved(m);
		put_slots(m);
		ext2_end(m->sb);
	} while (ext2_try_again(m->sb, &error, &tried));
	if (error || done)
		return error;
	error = ext2_commit(m->sb);
	return error ? error : remove_name(m->from, m->old_name);
}

/* Inside: both names are in one page, and have exchanged their files: the old one goes. */
static int remove_victim(struct move *m)
{
	int error = ext2_remove_entry(m->from, m->old_name, m->victim);

	if (!error && S_ISDIR(m->victim->i_mode))
		ext2_add_subdirs(m->from, -1);
	return error;
}

static int exchange_and_remove(struct move *m)
{
	int error;

	ext2_swap_entries(m->to, &m->old, &m->new);
	file_moved(m);
	put_slots(m);
	ext2_end(m->sb);
	error = ext2_commit(m->sb);
	if (!error)
		error = ext2_begin(m->sb);
	if (error)
		return error;
	error = remove_victim(m);
	ext2_end(m->sb);
	return error;
}

/* The other name of what is replaced. */
struct other_name {
	struct qstr name;
	char text[36];
};

static void make_other_name(struct other_name *other, const struct inode *victim, unsigned int n)
{
	other->name.name = other->text;
	other->name.len = (unsigned int)snprintf(other->text, sizeof(other->text),
						 ".replaced-%lu-%u", victim->i_ino, n);
	other->name.hash = full_name_hash(other->text, other->name.len);
}

/* A name that nobody has: one may be left from a power cut, or be a program's. 0 or -errno. */
static int find_other_name(struct move *m, struct other_name *other)
{
	struct ext2_dir_slot slot;
	int error = 0;

	for (unsigned int n = 0; !error; n++) {
		make_other_name(other, m->victim, n);
		error = ext2_find_entry(m->to, &other->name, &slot);
		ext2_put_slot(&slot);
	}
	return error == -ENOENT ? 0 : error;
}

/* So that it has a name while its own is another's already. */
static int name_victim_twice(struct move *m, struct other_name *other)
{
	bool tried = false;
	int error;

	do {
		error = ext2_begin(m->sb);
		if (error)
			return error;
		error = find_other_name(m, other);
		if (!error)
			error = ext2_add_link(m->to, &other->name, m->victim);
		ext2_end(m->sb);
	} while (ext2_try_again(m->sb, &error, &tried));
	return error ? error : ext2_commit(m->sb);
}

/* The entry names the new file. */
static int repoint(struct move *m)
{
	int error = ext2_begin(m->sb);

	if (error)
		return error;
	error = find_slots(m);
	if (!error)
		error = change_parent(m);
	if (!error) {
		ext2_set_link(m->to, &m->new, m->inode);
		file_moved(m);
	}
	put_slots(m);
	ext2_end(m->sb);
	return error ? error : ext2_commit(m->sb);
}

static int remove_both(struct move *m, const struct qstr *other)
{
	int error = ext2_begin(m->sb);

	if (error)
		return error;
	error = ext2_remove_entry(m->to, other, m->victim);
	if (!error && S_ISDIR(m->victim->i_mode))
		ext2_add_subdirs(m->to, -1);
	ext2_end(m->sb);
	return error ? error : remove_name(m->from, m->old_name);
}

static int move_elsewhere_over(struct move *m)
{
	struct other_name other;
	int error;

	error = name_victim_twice(m, &other);
	if (error)
		return error;
	error = repoint(m);
	if (!error)
		return remove_both(m, &other.name);
	remove_name(m->to, &other.name);
	return error;
}

/* Are both entries in one page? Inside then; *error. */
static bool begin_exchange(struct move *m, int *error)
{
	*error = ext2_begin(m->sb);
	if (*error)
		return false;
	*error = find_slots(m);
	if (!*error && m->old.page == m->new.page)
		return true;
	if (!*error)
		put_slots(m);
	ext2_end(m->sb);
	return false;
}

/* Over a name that is there. What replaces it must be on the disk first. */
static int move_over(struct move *m)
{
	int error = 0;

	if (S_ISREG(m->inode->i_mode))
		error = filemap_write_and_wait(m->inode->i_mapping);
	if (!error && (ext2_is_newborn(m->inode) || EXT2_I(m->inode)->datasync_dirty))
		error = ext2_commit(m->sb);
	if (error)
		return error;
	if (begin_exchange(m, &error))
		return exchange_and_remove(m);
	return error ? error : move_elsewhere_over(m);
}

int ext2_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
		struct dentry *new)
{
	bool is_dir = S_ISDIR(old->d_inode->i_mode);
	struct move m = {
		.sb = old_dir->i_sb,
		.from = old_dir,
		.to = new_dir,
		.old_name = &old->d_name,
		.new_name = &new->d_name,
		.inode = old->d_inode,
		.victim = new->d_inode,
		.to_other_dir = is_dir &&old_dir != new_dir,
	};
	int error = ext2_may_lose_name(old_dir, m.inode);

	if (!error && m.victim)
		error = ext2_may_lose_name(new_dir, m.victim);
	if (error)
		return error;
	if (m.victim && is_dir) {
		error = ext2_empty_dir(m.victim);
		if (error <= 0)
			return error ? error : -ENOTEMPTY;
	} else if (m.to_other_dir && new_dir->i_nlink >= EXT2_LINK_MAX) {
		return -EMLINK;
	}
	return m.victim ? move_over(&m) : move_to_new_name(&m);
}
