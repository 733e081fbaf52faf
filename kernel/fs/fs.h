/*
 * The objects of the file layer, Linux's four: super_block, inode, dentry and file, with
 * the operation tables by which everything above and beside a file system reaches it.
 *
 *	fd -> file -> dentry -> inode -> address_space -> pages
 *	         \-> vfsmount -> super_block
 *
 * A dentry is a name in a folder and is cached, an inode is a file and may have several names,
 * a file is one opening of it. Memory management knows files and their address_space only.
 *
 * Locks, in the order in which they are taken: s_umount, s_rename_mutex, i_mutex (a folder's before
 * that of what is in it), mmap_sem, page lock, the file system's own, dcache_lock, inode_lock,
 * tree_lock. ext2's commit_sem is taken before the locks of the pages that it writes.
 */
#ifndef FOLIO_FS_FS_H
#define FOLIO_FS_FS_H

#include "kernel/cpu/atomic.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/lib/list.h"
#include "kernel/lib/radix_tree.h"
#include "kernel/lib/rbtree.h"
#include "kernel/mutex.h"
#include "kernel/rwsem.h"

struct address_space;
struct block_device;
struct dentry;
struct file;
struct file_lock;
struct inode;
struct iovec;
struct kstatfs;
struct page;
struct path;
struct poll_table;
struct super_block;
struct vfsmount;
struct vm_area_struct;
struct writeback_control;

/* ---- constants of the ABI (Linux's, i386) ---------------------------------------------------- */

#define S_IFMT		    0170000
#define S_IFSOCK	    0140000
#define S_IFLNK		    0120000
#define S_IFREG		    0100000
#define S_IFBLK		    0060000
#define S_IFDIR		    0040000
#define S_IFCHR		    0020000
#define S_IFIFO		    0010000
#define S_ISUID		    0004000
#define S_ISGID		    0002000
#define S_ISVTX		    0001000
#define S_ISLNK(m)	    (((m)&S_IFMT) == S_IFLNK)
#define S_ISREG(m)	    (((m)&S_IFMT) == S_IFREG)
#define S_ISDIR(m)	    (((m)&S_IFMT) == S_IFDIR)
#define S_ISCHR(m)	    (((m)&S_IFMT) == S_IFCHR)
#define S_ISBLK(m)	    (((m)&S_IFMT) == S_IFBLK)
#define S_ISFIFO(m)	    (((m)&S_IFMT) == S_IFIFO)
#define S_ISSOCK(m)	    (((m)&S_IFMT) == S_IFSOCK)
#define S_IRWXUGO	    0777
#define S_IALLUGO	    07777

#define O_ACCMODE	    00000003
#define O_RDONLY	    00000000
#define O_WRONLY	    00000001
#define O_RDWR		    00000002
#define O_CREAT		    00000100
#define O_EXCL		    00000200
#define O_NOCTTY	    00000400
#define O_TRUNC		    00001000
#define O_APPEND	    00002000
#define O_NONBLOCK	    00004000
#define O_DSYNC		    00010000
#define O_ASYNC		    00020000
#define O_DIRECT	    00040000
#define O_LARGEFILE	    00100000
#define O_DIRECTORY	    00200000
#define O_NOFOLLOW	    00400000
#define O_NOATIME	    01000000
#define O_CLOEXEC	    02000000
#define O_SYNC		    04010000
#define O_PATH		    010000000
#define __O_TMPFILE	    020000000
#define O_TMPFILE	    020200000

#define AT_FDCWD	    (-100)
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_REMOVEDIR	    0x200 /* unlinkat */
#define AT_EACCESS	    0x200 /* faccessat2 */
#define AT_SYMLINK_FOLLOW   0x400 /* linkat */
#define AT_EMPTY_PATH	    0x1000

#define SEEK_SET	    0
#define SEEK_CUR	    1
#define SEEK_END	    2
#define SEEK_DATA	    3
#define SEEK_HOLE	    4

#define NAME_MAX	    255	 /* bytes of one name */
#define PATH_MAX	    4096 /* bytes of a path with its 0 */

/* Device numbers inside the kernel: 12 bits major, 20 bits minor, as Linux's. */
typedef u32 dev_t;
#define MINORBITS     20
#define MKDEV(ma, mi) ((dev_t)(ma) << MINORBITS | (mi))
#define MAJOR(dev)    ((dev) >> MINORBITS)
#define MINOR(dev)    ((dev) & ((1u << MINORBITS) - 1))
/* As programs see it: mknod(2), stat(2). */
static inline u32 new_encode_dev(dev_t dev)
{
	return (MINOR(dev) & 0xff) | MAJOR(dev) << 8 | (MINOR(dev) & ~0xffu) << 12;
}
static inline dev_t new_decode_dev(u32 dev)
{
	return MKDEV((dev & 0xfff00) >> 8, (dev & 0xff) | ((dev >> 12) & 0xfff00));
}

/* A time as programs of today's C libraries see it. */
struct timespec64 {
	s64 tv_sec;
	long tv_nsec;
};

/* ---- address_space --------------------------------------------------------------------------- */

struct address_space_operations {
	/*
	 * Fill a locked page that is not up to date; unlocks it when done. 0, or -EIO, -ENOMEM.
	 * May sleep.
	 */
	int (*readpage)(struct file *file, struct page *page);
	/*
	 * Before and after [pos, pos+len) of one page is written by write(2). write_begin returns
	 * the page locked and with a reference, brought up to date as far as it is not overwritten;
	 * write_end gets how much was really copied, marks it dirty, lets i_size grow, unlocks it
	 * and drops the reference. i_mutex is held. write_end: bytes or -errno.
	 */
	int (*write_begin)(struct file *file, struct address_space *mapping, loff_t pos,
			   unsigned int len, struct page **page);
	int (*write_end)(struct file *file, struct address_space *mapping, loff_t pos,
			 unsigned int len, unsigned int copied, struct page *page);
	/* The page is dirty from now on. True if it was not. Any context without sleeping. */
	bool (*set_page_dirty)(struct page *page);
	/*
	 * Start to fill pages that are new in the cache, locked, and follow each other: `nr` of
	 * them from pages[0] on. Each is unlocked when it has been read, PG_uptodate or not. What
	 * cannot be started is unlocked too. NULL: one readpage after the other. May sleep.
	 */
	void (*readpages)(struct file *file, struct address_space *mapping, struct page **pages,
			  unsigned int nr);
	/*
	 * Start to write a locked page that was dirty and is clean now (mm/writeback.h): sets
	 * PG_writeback, unlocks it; end_page_writeback() when it is on the device. writepages: all
	 * dirty pages that wbc asks for; NULL: write_cache_pages() with writepage. Without both the
	 * file is nowhere but in memory. 0, -EIO, -ENOSPC, -ENOMEM. May sleep.
	 */
	int (*writepage)(struct page *page, struct writeback_control *wbc);
	int (*writepages)(struct address_space *mapping, struct writeback_control *wbc);
};

/* address_space.flags */
#define AS_EIO	  1ul /* a page could not be written; fsync(2) tells it once, and clears it */
#define AS_ENOSPC 2ul

/* The cached pages of one file (or block device), and who maps them. */
struct address_space {
	struct inode *host;
	const struct address_space_operations *a_ops;
	struct radix_tree_root page_tree; /* index in pages -> struct page */
	spinlock_t tree_lock;		  /* page_tree and nrpages */
	unsigned long nrpages;
	struct rb_root i_mmap; /* interval tree of the mappings, by vm_pgoff */
	spinlock_t i_mmap_lock;
	unsigned long i_mmap_writable; /* mappings with VM_SHARED; i_mmap_lock */
	unsigned long flags;	       /* AS_* */
	u32 gfp_mask;		       /* gfp_t: where its pages may come from */
	pgoff_t writeback_index;       /* where the flusher goes on */
};

/* ---- inode ----------------------------------------------------------------------------------- */

/* What setattr changes. */
#define ATTR_MODE      0x001u
#define ATTR_UID       0x002u
#define ATTR_GID       0x004u
#define ATTR_SIZE      0x008u
#define ATTR_ATIME     0x010u
#define ATTR_MTIME     0x020u
#define ATTR_CTIME     0x040u
#define ATTR_ATIME_SET 0x080u /* to a given time, not to now */
#define ATTR_MTIME_SET 0x100u
#define ATTR_FORCE     0x200u /* the kernel itself changes it: nobody's permission is needed */
#define ATTR_KILL_SUID 0x800u /* set-user-id and set-group-id end */

struct iattr {
	unsigned int ia_valid; /* ATTR_* */
	u32 ia_mode;
	u32 ia_uid, ia_gid;
	loff_t ia_size;
	struct timespec64 ia_atime, ia_mtime, ia_ctime;
};

/* What stat(2) and its family tell; each of their layouts is filled from this. */
struct kstat {
	u64 ino;
	dev_t dev, rdev;
	u32 mode, nlink, uid, gid;
	loff_t size;
	struct timespec64 atime, mtime, ctime;
	u64 blocks; /* of 512 bytes */
	u32 blksize;
};

/* What statfs(2) and its family tell. */
struct kstatfs {
	unsigned long type; /* s_magic */
	unsigned long bsize;
	u64 blocks, bfree, bavail; /* of bsize bytes */
	u64 files, ffree;
	unsigned long namelen;
	unsigned long flags; /* ST_*, which are MS_* here; statfs(2) adds the mount's */
};

/*
 * All may sleep. The folder's i_mutex is held for those that look up or change names. A NULL entry
 * means that this cannot be done there (EPERM, or ENOTDIR for lookup).
 */
struct inode_operations {
	/*
	 * Find the name of a new dentry: d_add() it with its inode, or with NULL if there is none
	 * (a negative dentry). NULL, or another dentry to be used instead, or ERR_PTR.
	 */
	struct dentry *(*lookup)(struct inode *dir, struct dentry *dentry);
	/* Make what a negative dentry names, and d_instantiate() it. 0 or -errno. */
	int (*create)(struct inode *dir, struct dentry *dentry, u32 mode);
	int (*mkdir)(struct inode *dir, struct dentry *dentry, u32 mode);
	int (*mknod)(struct inode *dir, struct dentry *dentry, u32 mode, dev_t dev);
	int (*symlink)(struct inode *dir, struct dentry *dentry, const char *target);
	int (*link)(struct dentry *old, struct inode *dir, struct dentry *dentry);
	/* Take a name away; the caller makes the dentry negative. */
	int (*unlink)(struct inode *dir, struct dentry *dentry);
	int (*rmdir)(struct inode *dir, struct dentry *dentry);
	/* The caller has checked everything but ENOTEMPTY; both folders are locked. */
	int (*rename)(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
		      struct dentry *new);
	/* The target of a symbolic link, valid until put_link(dentry, cookie); or ERR_PTR. */
	const char *(*get_link)(struct dentry *dentry, void **cookie);
	void (*put_link)(struct dentry *dentry, void *cookie);
	/*
	 * Where a link that is none leads (/proc/PID/exe): a path with references. Instead of
	 * get_link when a walk follows it. 0 or -errno.
	 */
	int (*jump_link)(struct dentry *dentry, struct path *path);
	/* May the current task do `mask` (MAY_*)? NULL: generic_permission(). 0 or -EACCES. */
	int (*permission)(struct inode *inode, unsigned int mask);
	int (*setattr)(struct dentry *dentry, struct iattr *attr); /* NULL: simple_setattr() */
	int (*getattr)(struct dentry *dentry, struct kstat *stat); /* NULL: generic_fillattr() */
};

struct inode {
	unsigned long i_ino;
	atomic_t i_count;
	u32 i_mode;
	unsigned int i_nlink;
	u32 i_uid, i_gid;
	dev_t i_rdev;
	loff_t i_size; /* bytes; read it by i_size_read() where i_mutex is not held */
	u64 i_blocks;  /* of 512 bytes */
	struct timespec64 i_atime, i_mtime, i_ctime;
	const struct inode_operations *i_op;
	const struct file_operations *i_fop;
	struct super_block *i_sb;
	struct address_space *i_mapping; /* &i_data, except for block devices */
	struct address_space i_data;
	struct mutex i_mutex;	    /* names in a folder; size and writing of a file */
	struct hlist_node i_hash;   /* file systems that look inodes up by number */
	struct list_head i_sb_list; /* all of the super_block; inode_lock */
	unsigned long i_state;	    /* I_*; inode_lock */
	unsigned long i_dirtied;    /* jiffies, when the first page became dirty; inode_lock */
	struct list_head i_wb_list; /* in s_dirty or s_io; inode_lock */
	struct list_head i_lru;	    /* unused, and kept as long as there is memory; inode_lock */
	struct list_head i_dentry;  /* its names: dentry->d_alias; dcache_lock */
	struct file_lock *i_flock;  /* record locks, by start (kernel/fs/locks.c) */
	atomic_t i_writecount;	    /* opened for writing: > 0; running: < 0 (ETXTBSY) */
	void *i_private;	    /* the file system's: a link's target, a pipe... */
	/* Inodes without a super_block: called when the last reference goes; frees the inode. */
	void (*i_release)(struct inode *inode);
};

/* inode.i_state */
#define I_DIRTY_SYNC	 0x01u /* its times */
#define I_DIRTY_DATASYNC 0x02u /* what is needed to find its data: size, blocks */
#define I_DIRTY_PAGES	 0x04u /* it has dirty pages */
#define I_NEW		 0x08u /* being read in: iget_locked() of others waits */
#define I_SYNC		 0x10u /* its pages are being written by the flusher */
#define I_FREEING	 0x20u /* going; whoever looks it up waits and looks again */
#define I_REFERENCED	 0x40u /* unused since the list of these was last looked through */
#define I_NEW_BIT	 3
#define I_SYNC_BIT	 4
#define I_DIRTY		 (I_DIRTY_SYNC | I_DIRTY_DATASYNC | I_DIRTY_PAGES)

/* ---- dentry ---------------------------------------------------------------------------------- */

struct qstr {
	const char *name; /* not ended by 0 in a path that is being walked */
	unsigned int len;
	u32 hash;
};

struct dentry_operations {
	/*
	 * Is a cached answer still true? False: look it up again (/proc). May sleep. NULL: always.
	 */
	bool (*d_revalidate)(struct dentry *dentry);
	/* The last reference went: true to forget the dentry at once. Does not sleep. */
	bool (*d_delete)(const struct dentry *dentry);
	/* What d_path() shows, into buf; for files outside the tree ("pipe:[12]"). */
	char *(*d_dname)(struct dentry *dentry, char *buf, size_t size);
};

#define DNAME_INLINE_LEN 36

struct dentry {
	atomic_t d_count;
	unsigned int d_flags;	 /* DCACHE_* (kernel/fs/dcache.h); dcache_lock */
	struct inode *d_inode;	 /* NULL: negative: the name is known not to exist */
	struct dentry *d_parent; /* itself: a root */
	struct qstr d_name;
	struct hlist_node d_hash;
	struct list_head d_lru;	    /* unused ones, oldest first */
	struct list_head d_child;   /* in the parent's d_subdirs */
	struct list_head d_subdirs; /* its cached children */
	struct list_head d_alias;   /* in d_inode->i_dentry */
	const struct dentry_operations *d_op;
	struct super_block *d_sb;
	unsigned int d_mounted; /* file systems mounted here */
	void *d_fsdata;
	char d_iname[DNAME_INLINE_LEN]; /* short names */
};

/* A place in the tree: a dentry may be seen through several mounts. */
struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

/* ---- file ------------------------------------------------------------------------------------ */

#define FMODE_READ  1u
#define FMODE_WRITE 2u
#define FMODE_LSEEK 4u	/* has a position; pread and pwrite work */
#define FMODE_EXEC  8u	/* opened by exec: no writers meanwhile */
#define FMODE_PATH  16u /* O_PATH: only names the file */

/* One entry of a folder is handed over: false when the buffer is full. */
struct dir_context {
	bool (*actor)(struct dir_context *ctx, const char *name, unsigned int len, loff_t pos,
		      u64 ino, unsigned int type /* DT_* */);
	loff_t pos; /* where to go on */
};

#define DT_UNKNOWN  0
#define DT_FIFO	    1
#define DT_CHR	    2
#define DT_DIR	    4
#define DT_BLK	    6
#define DT_REG	    8
#define DT_LNK	    10
#define DT_SOCK	    12
#define DT_OF(mode) (((mode)&S_IFMT) >> 12)

struct file_operations {
	/* NULL: generic_file_llseek() for files with FMODE_LSEEK. */
	loff_t (*llseek)(struct file *file, loff_t offset, int whence);
	/* Transfer up to `count` bytes at *pos; returns bytes or -errno. May sleep. */
	ssize_t (*read)(struct file *file, char __user *buf, size_t count, loff_t *pos);
	ssize_t (*write)(struct file *file, const char __user *buf, size_t count, loff_t *pos);
	/*
	 * The same with several buffers at once; NULL: one after the other, until one is cut short.
	 */
	ssize_t (*readv)(struct file *file, const struct iovec *iov, unsigned int nr, loff_t *pos);
	ssize_t (*writev)(struct file *file, const struct iovec *iov, unsigned int nr, loff_t *pos);
	/*
	 * Write `count` bytes of a page (sendfile(2)), of which a reference may be kept. Bytes,
	 * -errno.
	 */
	ssize_t (*sendpage)(struct file *file, struct page *page, unsigned int offset, size_t count,
			    loff_t *pos);
	/* Entries of a folder from ctx->pos on, until the actor says false. i_mutex is held. */
	int (*iterate)(struct file *file, struct dir_context *ctx);
	/*
	 * POLL* that are true now; poll_wait() on every queue that tells of a change. NULL: always
	 * ready.
	 */
	unsigned int (*poll)(struct file *file, struct poll_table *pt);
	long (*ioctl)(struct file *file, unsigned int cmd, unsigned long arg); /* or -ENOTTY */
	/* Prepare a new mapping: set vm_ops. 0 or -errno. mmap_sem is held for writing. */
	int (*mmap)(struct file *file, struct vm_area_struct *vma);
	int (*open)(struct inode *inode, struct file *file); /* may replace f_op; 0 or -errno */
	int (*flush)(struct file *file);		     /* a descriptor is closed */
	void (*release)(struct file *file);		     /* the last reference goes */
	int (*fsync)(struct file *file, loff_t start, loff_t end, bool datasync);
};

/* Where read-ahead of an open file stands (mm/readahead.c). */
struct file_ra_state {
	pgoff_t start;		 /* the last window that was read ahead: first page, */
	unsigned int size;	 /* pages, */
	unsigned int async_size; /* and how many of them are left when the next window is started */
	unsigned int ra_pages;	 /* the largest window; 0: none */
	pgoff_t prev_index;	 /* the page that read(2) read last */
};

struct file {
	atomic_t f_count;
	unsigned int f_mode;  /* FMODE_* */
	unsigned int f_flags; /* O_*, without those of the opening itself */
	loff_t f_pos;
	struct mutex f_pos_lock; /* calls that use f_pos take turns */
	struct path f_path;
	struct inode *f_inode;
	struct address_space *f_mapping;
	const struct file_operations *f_op;
	int f_owner, f_sig; /* F_SETOWN, F_SETSIG */
	struct file_ra_state f_ra;
	void *private_data; /* f_op's own */
};

/* ---- super_block, file system type, mount ---------------------------------------------------- */

#define MS_RDONLY      1ul
#define MS_NOSUID      2ul
#define MS_NODEV       4ul
#define MS_NOEXEC      8ul
#define MS_SYNCHRONOUS 16ul
#define MS_REMOUNT     32ul
#define MS_NOATIME     1024ul
#define MS_BIND	       4096ul
#define MS_MOVE	       8192ul
#define MS_REC	       16384ul
#define MS_SILENT      32768ul
#define MS_PRIVATE     (1ul << 18)
#define MS_PROPAGATION (15ul << 17) /* unbindable, private, slave, shared */
#define MS_RELATIME    (1ul << 21)
#define MS_MGC_VAL     0xc0ed0000ul /* old programs put it into the upper half */
#define MS_MGC_MSK     0xffff0000ul

/* Of a super_block; the others are of a mount. */
#define SUPER_FLAGS	 (MS_RDONLY | MS_SYNCHRONOUS)

#define MAX_LFS_FILESIZE 0x7ffffffffffll /* the page cache numbers pages with 32 bits */

struct super_operations {
	/* A new inode, inode_init_once()d, or NULL; and its end. NULL: the plain inode cache. */
	struct inode *(*alloc_inode)(struct super_block *sb);
	void (*destroy_inode)(struct inode *inode);
	/*
	 * The last reference goes; must truncate_inode_pages(). With i_nlink 0 the file is to go
	 * too.
	 */
	void (*evict_inode)(struct inode *inode);
	/* It is unmounted, or fill_super has failed behind s_op: free s_fs_info. May sleep. */
	void (*put_super)(struct super_block *sb);
	int (*statfs)(struct dentry *dentry, struct kstatfs *buf);
	int (*remount_fs)(struct super_block *sb, unsigned long *flags, const char *data);
	/*
	 * Write what describes the files: inodes, folders, maps of free blocks; the pages of files
	 * were written before. With `wait` all is on the device when it returns, else it is at
	 * least under way. 0 or -errno.
	 */
	int (*sync_fs)(struct super_block *sb, bool wait); /* NULL: there is no device */
	/*
	 * An inode has become dirty in other ways than by its pages (I_DIRTY_SYNC,
	 * I_DIRTY_DATASYNC). May not sleep. NULL: nothing more to do.
	 */
	void (*dirty_inode)(struct inode *inode, unsigned int flags);
};

struct file_system_type {
	const char *name;
	unsigned int fs_flags; /* FS_* */
	/*
	 * Fill a new super_block: s_root, s_op... `data` are the options, may be NULL. 0 or -errno.
	 */
	int (*fill_super)(struct super_block *sb, const char *dev_name, const char *data);
	struct list_head list;
};
#define FS_REQUIRES_DEV 1u /* shown without "nodev" in /proc/filesystems */
#define FS_SINGLE	2u /* one super_block for all mounts (proc, devtmpfs) */

struct super_block {
	struct list_head s_list;
	dev_t s_dev;
	unsigned long s_blocksize;
	unsigned long s_flags; /* MS_RDONLY... */
	unsigned long s_magic;
	loff_t s_maxbytes;
	u32 s_time_gran;
	struct file_system_type *s_type;
	const struct super_operations *s_op;
	const struct dentry_operations *s_d_op; /* for its new dentries */
	struct dentry *s_root;
	atomic_t s_active;	      /* mounts */
	unsigned int s_count;	      /* who looks at it, mounted or not (kernel/fs/super.c) */
	atomic_t s_writers;	      /* mnt_want_write(), not yet mnt_drop_write() */
	unsigned int s_mode;	      /* FMODE_*: how s_bdev was opened */
	bool s_readonly_remount;      /* about to become read-only: nothing new begins */
	struct mutex s_rename_mutex;  /* renames between folders */
	struct list_head s_inodes;    /* i_sb_list; inode_lock */
	struct list_head s_dirty;     /* inodes with dirty pages, the oldest first; inode_lock */
	struct list_head s_io;	      /* those that the flusher is about to write; inode_lock */
	bool s_dirt;		      /* inodes have changed since the last sync_fs, */
	unsigned long s_dirtied;      /* and the first of them at that time (jiffies); inode_lock */
	int s_wb_error;		      /* how the last page that could not be written failed, */
	unsigned int s_wb_errors;     /* and how many there were */
	struct block_device *s_bdev;  /* FS_REQUIRES_DEV; opened for this super_block alone */
	struct rw_semaphore s_umount; /* for reading: it stays mounted, and its flags */
	void *s_fs_info;
};

/* ---- functions ------------------------------------------------------------------------------- */

/* get_file, fput - take and drop a reference; the last one releases the file. fput may sleep. */
static inline struct file *get_file(struct file *file)
{
	atomic_inc(&file->f_count);
	return file;
}
void fput(struct file *file);

/*
 * alloc_file - a new open file of a place, whose references it takes over. alloc_file_pseudo - on
 * an inode that has no place in the tree (takes a reference on it); `name` is what d_path() shows.
 * One reference, or NULL: no memory. Both may sleep. f_op->open is not called.
 */
struct file *alloc_file(const struct path *path, unsigned int mode,
			const struct file_operations *op);
struct file *alloc_file_pseudo(struct inode *inode, const char *name, unsigned int mode,
			       const struct file_operations *op);

/* file_name - the last part of its path, for messages: as long as nobody renames it. */
static inline const char *file_name(const struct file *file)
{
	return file->f_path.dentry->d_name.name;
}

/* file_alloc - alloc_file_pseudo(), as it was called before there were places. */
static inline struct file *file_alloc(struct inode *inode, unsigned int mode,
				      const struct file_operations *op, const char *name)
{
	return alloc_file_pseudo(inode, name, mode, op);
}

/* inode_init - an inode with one reference and an empty page cache. */
void inode_init(struct inode *inode, u64 size, void (*release)(struct inode *));

/* ihold, iput - take and drop a reference. iput may sleep. */
void ihold(struct inode *inode);
void iput(struct inode *inode);

/* kernel_read - read from a file into kernel memory through the page cache; bytes or -errno. */
ssize_t kernel_read(struct file *file, loff_t pos, void *buf, size_t count);

#endif
