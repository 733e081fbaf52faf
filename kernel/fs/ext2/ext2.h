/*
 * ext2, the Second Extended File System, revision 1: what is on the disk, and what is kept in
 * memory. Layout and names: "The Second Extended File System: Internal Layout" (D. Poirier), and
 * the headers of e2fsprogs.
 *
 *	| 1 KiB | group 0                                                  | group 1 ...
 *	| boot  | super | descriptors | block map | inode map | inodes | data |
 *
 * Blocks are numbered from 0 and are 1, 2 or 4 KiB large; s_first_data_block is the one that the
 * super block lies in. Every number that comes from the disk is checked before it is used.
 *
 * The files of this folder: super.c mounts (check.c looks at what is mounted, options.c at the
 * options), ialloc.c and balloc.c find free inodes and blocks, pending.c keeps what is free but not
 * yet, inode.c reads inodes and writes them into their table, attr.c changes attributes, map.c
 * finds the blocks of a file, truncate.c frees them, aops.c moves pages, commit.c decides what is
 * written when, dir.c is the format of folders, dir_find.c and dir_index.c find names in them,
 * dir_list.c tells them, namei.c makes and removes names, rename.c moves them, symlink.c links,
 * file.c open files.
 */
#ifndef FOLIO_EXT2_EXT2_H
#define FOLIO_EXT2_EXT2_H

#include "kernel/fs/block_dev.h"
#include "kernel/fs/fs.h"
#include "kernel/fs/mpage.h"
#include "kernel/rwsem.h"

/* ---- on the disk, little-endian -------------------------------------------------------------- */

#define EXT2_SUPER_MAGIC	 0xef53
#define EXT2_SUPER_OFFSET	 1024 /* bytes from the start of the device */
#define EXT2_MIN_BLOCK_LOG	 10
#define EXT2_MAX_BLOCK_LOG	 12 /* a page */
#define EXT2_NDIR_BLOCKS	 12
#define EXT2_IND_BLOCK		 12
#define EXT2_DIND_BLOCK		 13
#define EXT2_TIND_BLOCK		 14
#define EXT2_N_BLOCKS		 15
#define EXT2_ROOT_INO		 2
#define EXT2_GOOD_OLD_FIRST_INO	 11
#define EXT2_GOOD_OLD_INODE_SIZE 128
#define EXT2_LINK_MAX		 32000
#define EXT2_NAME_LEN		 255

struct ext2_super_block {
	u32 s_inodes_count, s_blocks_count, s_r_blocks_count;
	u32 s_free_blocks_count, s_free_inodes_count;
	u32 s_first_data_block, s_log_block_size, s_log_frag_size;
	u32 s_blocks_per_group, s_frags_per_group, s_inodes_per_group;
	u32 s_mtime, s_wtime;
	u16 s_mnt_count, s_max_mnt_count, s_magic, s_state, s_errors, s_minor_rev_level;
	u32 s_lastcheck, s_checkinterval, s_creator_os, s_rev_level;
	u16 s_def_resuid, s_def_resgid;
	u32 s_first_ino;
	u16 s_inode_size, s_block_group_nr;
	u32 s_feature_compat, s_feature_incompat, s_feature_ro_compat;
	u8 s_uuid[16];
	char s_volume_name[16], s_last_mounted[64];
	u32 s_algo_bitmap;
	u8 s_prealloc_blocks, s_prealloc_dir_blocks;
	u16 s_reserved_gdt_blocks;
	u8 s_journal_uuid[16];
	u32 s_journal_inum, s_journal_dev, s_last_orphan;
	u32 s_hash_seed[4];
	u8 s_def_hash_version, s_jnl_backup_type;
	u16 s_desc_size;
	u32 s_default_mount_opts, s_first_meta_bg, s_mkfs_time;
	u32 s_rest[189];
};
_Static_assert(sizeof(struct ext2_super_block) == 1024, "a super block has 1 KiB");

#define EXT2_VALID_FS			    1u /* s_state: unmounted cleanly */
#define EXT2_ERROR_FS			    2u

#define EXT2_ERRORS_CONTINUE		    1u
#define EXT2_ERRORS_RO			    2u
#define EXT2_ERRORS_PANIC		    3u

#define EXT2_FEATURE_INCOMPAT_FILETYPE	    0x0002u
#define EXT2_FEATURE_INCOMPAT_SUPP	    EXT2_FEATURE_INCOMPAT_FILETYPE
#define EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER 0x0001u
#define EXT2_FEATURE_RO_COMPAT_LARGE_FILE   0x0002u
#define EXT2_FEATURE_RO_COMPAT_SUPP \
	(EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER | EXT2_FEATURE_RO_COMPAT_LARGE_FILE)

struct ext2_group_desc {
	u32 bg_block_bitmap, bg_inode_bitmap, bg_inode_table;
	u16 bg_free_blocks_count, bg_free_inodes_count, bg_used_dirs_count, bg_pad;
	u32 bg_reserved[3];
};
_Static_assert(sizeof(struct ext2_group_desc) == 32, "a group descriptor has 32 bytes");

/* The first 128 bytes; s_inode_size may be larger, what follows is left as it is. */
struct ext2_inode {
	u16 i_mode, i_uid;
	u32 i_size, i_atime, i_ctime, i_mtime, i_dtime;
	u16 i_gid, i_links_count;
	u32 i_blocks; /* of 512 bytes, with the indirect ones */
	u32 i_flags, i_osd1;
	u32 i_block[EXT2_N_BLOCKS];
	u32 i_generation, i_file_acl;
	u32 i_dir_acl; /* regular files: the upper half of the size */
	u32 i_faddr;
	u8 i_frag, i_fsize;
	u16 i_pad1, i_uid_high, i_gid_high;
	u32 i_reserved2;
};
_Static_assert(sizeof(struct ext2_inode) == EXT2_GOOD_OLD_INODE_SIZE, "an inode has 128 bytes");

/* i_flags */
#define EXT2_SECRM_FL	  0x00000001u
#define EXT2_SYNC_FL	  0x00000008u
#define EXT2_IMMUTABLE_FL 0x00000010u
#define EXT2_APPEND_FL	  0x00000020u
#define EXT2_NOATIME_FL	  0x00000080u
#define EXT2_INDEX_FL	  0x00001000u /* a hashed folder: cleared when we change it */
#define EXT2_DIRSYNC_FL	  0x00010000u

struct ext2_dir_entry {
	u32 inode; /* 0: free */
	u16 rec_len;
	u8 name_len, file_type;
	char name[];
};

/* file_type */
enum {
	EXT2_FT_UNKNOWN,
	EXT2_FT_REG,
	EXT2_FT_DIR,
	EXT2_FT_CHR,
	EXT2_FT_BLK,
	EXT2_FT_FIFO,
	EXT2_FT_SOCK,
	EXT2_FT_SYMLINK,
	EXT2_FT_MAX
};

/* ---- in memory ------------------------------------------------------------------------------- */

/* Blocks or inodes that are free, but not before the next commit has ended. */
struct ext2_pending {
	struct list_head list;
	u32 first, count;
	bool inodes;
	bool is_dir; /* of an inode: it was a folder */
};

/* super_block.s_fs_info. */
struct ext2_sb_info {
	struct super_block *sb;
	struct page *super_page;     /* held while it is mounted */
	struct ext2_super_block *es; /* in super_page */
	u32 groups, blocks_per_group, inodes_per_group, inode_size, first_ino, inodes_count;
	u32 blocks_count, first_data_block, desc_blocks;
	u32 table_blocks;	 /* of the inodes of a group */
	u32 overhead;		 /* blocks that can never belong to files */
	unsigned int block_bits; /* 10..12 */
	unsigned int addr_bits;	 /* log2 of the block numbers in a block: 8..10 */
	u32 resuid, resgid;
	unsigned long mount_opt; /* EXT2_MOUNT_* */
	bool has_filetype;
	bool was_valid;		       /* EXT2_VALID_FS, before it was mounted for writing */
	bool aborted;		       /* a commit could not write: nothing is written any more */
	struct page **desc_pages;      /* the blocks of descriptors, held */
	struct ext2_group_desc **desc; /* each one's data */
	u32 reserved_descs;	       /* blocks behind each copy of them, to grow into */
	u16 *first_free;	       /* of each group: no block before it is free; alloc_mutex */

	/*
	 * For reading: whoever changes names, sizes, block maps, bitmaps. For writing: commit.c.
	 * Below i_mutex and mmap_sem, above all page locks and map_mutex.
	 */
	struct rw_semaphore commit_sem;
	struct mutex alloc_mutex;  /* bitmaps, counts, the pending list, preallocated blocks */
	struct list_head pending;  /* struct ext2_pending: freed since the last commit */
	struct list_head prealloc; /* ext2_inode_info.i_prealloc: those that have such blocks */
	u32 pending_blocks, pending_inodes, prealloc_blocks;
	u32 next_generation; /* of the next new inode; from a place that nobody can know */
	u32 last_group;	     /* where the last folder of the root was put */
	bool super_changed;  /* its counts; the next commit marks it dirty */
	bool flushed;	     /* the commit has flushed the device since it began */
	bool dead_stored;    /* dead inodes were copied since the last commit */
	u32 commits;	     /* how many there were; changed with commit_sem for writing */
	spinlock_t lists_lock;
	struct list_head newborn;    /* ext2_inode_info.i_newborn, in the order of birth */
	struct list_head dirty;	     /* ext2_inode_info.i_dirty: to be copied into the table */
	struct list_head dirty_dirs; /* ext2_inode_info.i_dirty_dir: folders with dirty pages */
	struct list_head fresh;	     /* ext2_inode_info.i_fresh: files with new blocks */
};

#define EXT2_MOUNT_ERRORS_CONT	1ul
#define EXT2_MOUNT_ERRORS_RO	2ul
#define EXT2_MOUNT_ERRORS_PANIC 4ul

struct ext2_inode_info {
	u32 i_data[EXT2_N_BLOCKS]; /* block numbers; a fast link's target */
	u32 i_flags, i_generation, i_dtime, i_file_acl;
	u32 i_block_group;		/* where it is */
	u32 i_next_index, i_next_block; /* behind what was allocated last: where a file grows */
	u32 i_dir_free;			/* the first page of a folder that may have room */
	u32 i_dir_hint;			/* the page in which the last name was found */
	u32 i_dir_room;			/* the entry from which the last name took its room, or 0 */
	u32 i_dir_looked_at;		/* entries that were looked through without an index */
	struct ext2_index *i_index;	/* of a large folder, or NULL; i_mutex */
	struct mutex map_mutex;		/* changing i_data, indirect blocks; below commit_sem */
	u32 i_prealloc_block, i_prealloc_count; /* taken for it in the bitmap; alloc_mutex */
	u32 i_prealloc_window;			/* how many it gets next time */
	struct list_head i_prealloc;
	struct list_head i_newborn, i_dirty, i_dirty_dir, i_fresh; /* lists_lock */
	struct inode
		*i_parent; /* of a newborn: the folder that names it, while that is newborn too */
	loff_t i_size_before; /* being made shorter: what the disk says meanwhile */
	bool exists;	      /* it has been read or made: its end is the file's if i_nlink is 0 */
	bool in_round;	      /* commit.c: it is being born */
	u32 i_named_after;    /* which commit it got its last second name after; 0: it has not */
	bool datasync_dirty;  /* size or blocks changed since the last commit: fdatasync too */
	struct inode vfs_inode;
};

static inline struct ext2_sb_info *EXT2_SB(const struct super_block *sb)
{
	return sb->s_fs_info;
}

static inline struct ext2_inode_info *EXT2_I(const struct inode *inode)
{
	return container_of(inode, struct ext2_inode_info, vfs_inode);
}

static inline loff_t ext2_block_pos(const struct ext2_sb_info *sbi, u32 block)
{
	return (loff_t)block << sbi->block_bits;
}

/* ext2_start_of_group, ext2_group_of - between groups and blocks. */
static inline u32 ext2_start_of_group(const struct ext2_sb_info *sbi, u32 group)
{
	return sbi->first_data_block + group * sbi->blocks_per_group;
}

static inline u32 ext2_group_of(const struct ext2_sb_info *sbi, u32 block)
{
	return (block - sbi->first_data_block) / sbi->blocks_per_group;
}

/* ext2_blocks_in_group - the last one may be smaller. */
static inline u32 ext2_blocks_in_group(const struct ext2_sb_info *sbi, u32 group)
{
	u32 start = ext2_start_of_group(sbi, group);

	return min(sbi->blocks_per_group, sbi->blocks_count - start);
}

/* ext2_apart - do [a, a+a_count) and [b, b+b_count) have nothing in common? */
static inline bool ext2_apart(u32 a, u32 a_count, u32 b, u32 b_count)
{
	return a + a_count <= b || b + b_count <= a;
}

/* ---- error.c --------------------------------------------------------------------------------- */

/*
 * ext2_error - the file system is damaged: a line on the console with the function and the text,
 * EXT2_ERROR_FS, and what errors= says (usually: read-only from now on). Returns -EUCLEAN, so that
 * a caller can `return ext2_error(...)`. Any process context. ext2_warning - the line only.
 */
int ext2_error(struct super_block *sb, const char *function, const char *fmt, ...) __printf(3, 4);
void ext2_warning(struct super_block *sb, const char *function, const char *fmt, ...)
	__printf(3, 4);

/* ---- commit.c: the order of writes ----------------------------------------------------------- */

/*
 * ext2_begin - the current task is going to change the file system: no commit meanwhile. -EROFS
 * when it has become read-only, else 0. May sleep. May be nested? No: one level; functions of this
 * folder that must be called inside say "inside". ext2_end - done.
 */
int ext2_begin(struct super_block *sb);
void ext2_end(struct super_block *sb);

/*
 * ext2_commit - all that describes files is on the disk, in an order that leaves nothing worse
 * after a power cut than e2fsck -p mends; ends in a flush of the device. What was freed before can
 * be used again. Not inside; no page lock, but any i_mutex may be held. 0 or the first error. May
 * sleep.
 */
int ext2_commit(struct super_block *sb);

/*
 * ext2_write_dead - inside: what has died until now is dead on the disk: before a folder dies.
 * ext2_named_twice - inside: an old inode has got one name more.
 * ext2_has_new_name - it has one that is not on the disk yet: none of the others may go.
 */
int ext2_write_dead(struct super_block *sb);
void ext2_named_twice(struct inode *inode);
bool ext2_has_new_name(const struct inode *inode);

/*
 * ext2_mark_newborn - inside: a new inode that `dir` will name.
 * ext2_is_newborn - nothing on the disk says that it exists.
 */
void ext2_mark_newborn(struct inode *inode, struct inode *dir);
bool ext2_is_newborn(const struct inode *inode);
/* ext2_dirty_inode - s_op->dirty_inode: the next commit copies it. Does not sleep. */
void ext2_dirty_inode(struct inode *inode, unsigned int flags);
/*
 * ext2_dir_dirtied - inside: a page of a folder was changed: set_page_dirty(), and commit finds the
 * folder. Does not sleep.
 */
void ext2_dir_dirtied(struct inode *dir, struct page *page);
/* ext2_mark_fresh - inside: a file got blocks on which nothing of it is yet. Does not sleep. */
void ext2_mark_fresh(struct inode *inode);
/* ext2_forget_lists - an inode goes: commits know it no more. Does not sleep. */
void ext2_forget_lists(struct inode *inode);
/* ext2_sync_file - f_op->fsync of files and folders. Not inside. */
int ext2_sync_file(struct file *file, loff_t start, loff_t end, bool datasync);

/* ---- balloc.c, ialloc.c: all inside; may sleep ----------------------------------------------- */

/*
 * ext2_new_blocks - up to *count blocks that follow each other, at or behind `goal` if possible;
 * *count gets how many. The first one's number; 0 and *error: -ENOSPC, -EIO, -EUCLEAN. When only
 * pending ones are left: -EAGAIN: ext2_end(), ext2_commit(), begin again, once.
 * ext2_free_blocks - they are free after the next commit, or at once if nothing on the disk has
 * ever pointed to them. Metadata blocks: bdev_forget() them too.
 * ext2_block_valid - may `count` blocks from this one on belong to a file? (In range, and none of
 * the file system's own: bitmaps, tables, super blocks, descriptors.)
 * Nobody may drop the last reference to an inode inside: its end wants to begin, too.
 */
u32 ext2_new_blocks(struct inode *inode, u32 goal, unsigned int *count, int *error);
void ext2_free_blocks(struct super_block *sb, u32 block, u32 count, bool at_once);
bool ext2_block_valid(const struct super_block *sb, u32 block, u32 count);
/*
 * ext2_add_pending - remember what is free after the next commit; alloc_mutex is held.
 * ext2_release_pending - commit: what is pending can be used from now on.
 * ext2_discard_prealloc - give back what was taken for a file to grow into, with a lock: nothing
 * points to it. ext2_discard_all_prealloc - of all files; how many blocks.
 */
void ext2_add_pending(struct ext2_sb_info *sbi, const struct ext2_pending *what);
void ext2_release_pending(struct super_block *sb);
void ext2_discard_prealloc(struct inode *inode);
u32 ext2_discard_all_prealloc(struct super_block *sb);
/* ext2_release_inode - the part of it that is about an inode; alloc_mutex is held. */
void ext2_release_inode(struct super_block *sb, u32 ino, bool is_dir);
/* ext2_release_blocks - the same for blocks. ext2_forget_pending - the structures alone. */
void ext2_release_blocks(struct super_block *sb, u32 block, u32 count);
void ext2_forget_pending(struct ext2_sb_info *sbi);

/*
 * ext2_new_inode - an inode for a new file in `dir`, of that mode: owner, group and flags as they
 * are inherited, a place near the folder (folders: spread), hashed (without I_NEW), newborn, with
 * one reference. Operations are set. ERR_PTR(-ENOSPC, -EAGAIN as above, -ENOMEM, -EIO).
 * ext2_free_inode - its number is free after the next commit, or at once if it was never on the
 * disk; its blocks are gone already.
 */
struct inode *ext2_new_inode(struct inode *dir, u32 mode, dev_t rdev);
void ext2_free_inode(struct inode *inode, bool at_once);

/*
 * ext2_group_desc - of a group. ext2_mark_desc_dirty - it was changed; does not sleep.
 * ext2_mark_super_dirty - the same for the super block.
 */
static inline struct ext2_group_desc *ext2_group_desc(const struct super_block *sb, u32 group)
{
	const struct ext2_sb_info *sbi = EXT2_SB(sb);
	unsigned int shift = sbi->block_bits - 5; /* 32 bytes each */

	return &sbi->desc[group >> shift][group & ((1u << shift) - 1)];
}
void ext2_mark_desc_dirty(struct super_block *sb, u32 group);
void ext2_mark_super_dirty(struct super_block *sb);

/* ---- inode.c --------------------------------------------------------------------------------- */

/*
 * ext2_iget - the inode of a number, read if need be. ERR_PTR(-ESTALE: it is free, -EIO, -EUCLEAN).
 */
struct inode *ext2_iget(struct super_block *sb, unsigned long ino);
/* ext2_set_ops - i_op, i_fop, a_ops by the type of file. */
void ext2_set_ops(struct inode *inode);
/*
 * ext2_store_inode - copy an inode into its table in the device's cache, class BDEV_ANY: commit,
 * and who has just taken the last name (the dead image). 0 or -EIO, -ENOMEM. May sleep.
 */
int ext2_store_inode(struct inode *inode);
void ext2_evict_inode(struct inode *inode);
/* ext2_has_blocks - i_data are block numbers, not a device or a link's target. */
bool ext2_has_blocks(const struct inode *inode);
struct inode *ext2_alloc_inode(struct super_block *sb);
void ext2_destroy_inode(struct inode *inode);
void ext2_inode_init(void);

/* ---- attr.c, aops.c -------------------------------------------------------------------------- */

/* ext2_permission - i_op->permission of all: nobody writes what is immutable. */
int ext2_permission(struct inode *inode, unsigned int mask);
/*
 * ext2_may_lose_name - what is immutable or for appending only keeps its names, and such a folder
 * all that is in it. 0 or -EPERM. ext2_file_open - f_op->open: a file that is for appending only.
 */
int ext2_may_lose_name(const struct inode *dir, const struct inode *inode);
int ext2_file_open(struct inode *inode, struct file *file);
int ext2_setattr(struct dentry *dentry, struct iattr *attr);
int ext2_getattr(struct dentry *dentry, struct kstat *stat);
/*
 * ext2_size_grown - i_size has become larger. The page in which the file ended has blocks up to
 * that end only, and may be mapped to be written: the next store must come to ext2_page_mkwrite()
 * again.
 * ext2_writepages - the pages of any file, for commit.c. ext2_file_mmap - f_op->mmap of files.
 */
void ext2_size_grown(struct inode *inode, loff_t old);
int ext2_writepages(struct address_space *mapping, struct writeback_control *wbc);
int ext2_file_mmap(struct file *file, struct vm_area_struct *vma);

/* ---- super.c, options.c, check.c, statfs.c --------------------------------------------------- */

/* ext2_parse_options - options of mount(2) into sbi; NULL: none. 0; -EINVAL, and a line. */
int ext2_parse_options(struct ext2_sb_info *sbi, const char *data);
/*
 * ext2_check_super - is a super block true, and can we do what it asks for? Fills the geometry of
 * sbi. 0; -EINVAL: it is no ext2, or one with features that we lack; -EUCLEAN; -EROFS; and a line.
 * ext2_check_descriptors - the same for all of them, when they are read.
 */
int ext2_check_super(struct ext2_sb_info *sbi, const struct ext2_super_block *es);
int ext2_check_descriptors(struct ext2_sb_info *sbi);
int ext2_check_features(struct super_block *sb, const struct ext2_super_block *es, bool readonly);
/* ext2_group_has_super - is there a copy of the super block and the descriptors in a group? */
bool ext2_group_has_super(const struct ext2_sb_info *sbi, u32 group);
/* ext2_super_blocks - how many blocks those take, with the room to grow. */
u32 ext2_super_blocks(const struct ext2_sb_info *sbi, u32 group);
int ext2_statfs(struct dentry *dentry, struct kstatfs *buf);

/* ---- map.c, truncate.c ----------------------------------------------------------------------- */

/* ext2_get_block - get_block_t (kernel/fs/mpage.h); inside, if blocks are to be made. */
int ext2_get_block(struct inode *inode, u32 index, unsigned int max, bool create,
		   struct block_map *map);
/*
 * ext2_truncate_blocks - free the blocks behind `size` bytes; begins and ends by itself, again and
 * again when there are many. i_mutex is held, or nobody knows the file. A damaged map is reported,
 * and what can be freed is freed. From then on the size on the disk may be the smaller one
 * (i_size_before). ext2_take_back_blocks - inside: the same for few blocks, behind i_size.
 */
void ext2_take_back_blocks(struct inode *inode);
void ext2_truncate_blocks(struct inode *inode, loff_t size);
/* ext2_max_size - of a file, in bytes. */
loff_t ext2_max_size(unsigned int block_bits);

/* ---- dir*.c: all inside but lookups; the folder's i_mutex is held ---------------------------- */

/*
 * The pages of folders and of slow links lie in low memory (ext2_set_ops() sees to their gfp_mask:
 * GFP_NOFS), so that pointers into them stay good while somebody sleeps.
 * Where an entry is: its page, with a reference, and the entry in it.
 */
struct ext2_dir_slot {
	struct page *page;
	struct ext2_dir_entry *de;
};

/* ext2_find_entry - 0; -ENOENT, -EIO, -EUCLEAN, -ENOMEM. ext2_put_slot - done with it. */
int ext2_find_entry(struct inode *dir, const struct qstr *name, struct ext2_dir_slot *slot);
void ext2_put_slot(struct ext2_dir_slot *slot);
/*
 * ext2_add_link - a name for an inode; ext2_add_link_near - only if there is room in that page
 * (-ENOSPC). 0; -ENOSPC, -EAGAIN (ext2_new_blocks), -EFBIG, -EIO, -EUCLEAN, -ENOMEM: then nothing
 * has changed.
 * ext2_set_link - an entry names another inode from now on.
 */
int ext2_add_link(struct inode *dir, const struct qstr *name, struct inode *inode);
int ext2_add_link_near(struct inode *dir, struct page *page, const struct qstr *name,
		       struct inode *inode);
int ext2_delete_entry(struct inode *dir, struct ext2_dir_slot *slot);
void ext2_set_link(struct inode *dir, struct ext2_dir_slot *slot, const struct inode *inode);
/* ext2_swap_entries - two entries in one page exchange their inodes, in one write. */
void ext2_swap_entries(struct inode *dir, struct ext2_dir_slot *a, struct ext2_dir_slot *b);
/* ext2_make_empty - a new folder gets its dots. */
int ext2_make_empty(struct inode *inode, const struct inode *parent);
/* ext2_empty_dir - 1: only the dots; 0; -errno. */
int ext2_empty_dir(struct inode *inode);
int ext2_dotdot(struct inode *dir, struct ext2_dir_slot *slot);

/*
 * ext2_write_symlink - inside: the target of a new link, in the inode or on the disk (symlink.c).
 */
int ext2_write_symlink(struct inode *inode, const char *target, unsigned int len);

/* ---- dir_index.c: i_mutex of the folder is held ---------------------------------------------- */

/*
 * ext2_index_make - an empty index; false: no memory. ext2_index_drop - away with it.
 * ext2_index_add,
 * ext2_index_remove - a name whose entry is at byte `pos`; nothing happens without an index.
 * ext2_index_next - the next entry with a name of that hash: search->pos; false: no more.
 */
struct ext2_index_search {
	bool started;
	u32 slot, pos;
};
bool ext2_index_make(struct inode *dir);
void ext2_index_drop(struct inode *dir);
void ext2_index_add(struct inode *dir, const char *name, unsigned int len, u32 pos);
void ext2_index_remove(struct inode *dir, const char *name, unsigned int len, u32 pos);
bool ext2_index_next(const struct inode *dir, u32 hash, struct ext2_index_search *search);

/* ---- namei.c, rename.c ----------------------------------------------------------------------- */

/*
 * ext2_try_again - has a step failed because all that is free was freed since the last commit? Then
 * commit, and let it be tried once more. Not inside.
 * ext2_kill_inode - inside: one name less. The last one: the inode is dead in its table before the
 * entry can be gone from the disk. 0 or -EIO, -ENOMEM: then nothing has changed.
 * ext2_remove_entry - inside: the same, and the entry goes.
 * ext2_add_subdirs - inside: a folder has one folder less, or more, in it.
 */
bool ext2_try_again(struct super_block *sb, int *error, bool *tried);
int ext2_kill_inode(struct inode *inode);
int ext2_remove_entry(struct inode *dir, const struct qstr *name, struct inode *inode);
void ext2_add_subdirs(struct inode *dir, int n);
/* ext2_rename - i_op->rename. */
int ext2_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
		struct dentry *new);

extern const struct inode_operations ext2_dir_inode_operations, ext2_file_inode_operations,
	ext2_symlink_inode_operations, ext2_fast_symlink_inode_operations,
	ext2_special_inode_operations;
extern const struct file_operations ext2_dir_operations, ext2_file_operations;
extern const struct address_space_operations ext2_aops, ext2_dir_aops;

/* ext2_init - make the type known. Boot. */
void ext2_init(void);

#endif
