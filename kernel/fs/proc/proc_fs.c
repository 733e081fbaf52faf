/*
 * The tree of /proc: fixed names come from a tree of proc_entry, which is never searched for long;
 * the root also shows a folder for each process (proc_pid.c).
 *
 * Locks: proc_lock covers the tree of entries while modules come and go. Inodes of entries are made
 * anew at each lookup that finds no cached dentry.
 */
#include "kernel/fs/proc/proc.h"

#include "kernel/fs/dcache.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/libfs.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/proc/internal.h"
#include "kernel/lib/err.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "mm/slab.h"

#define PROC_SUPER_MAGIC 0x9fa0
#define PROC_FIRST_INO	 0x1000u
#define PID_BASE	 256 /* position of the first process in /proc: behind all fixed names */

static DEFINE_SPINLOCK(proc_lock);
static struct proc_entry proc_root = {
	.name = "",
	.children = LIST_HEAD_INIT(proc_root.children),
	.ino = 1,
};
static unsigned long last_ino = PROC_FIRST_INO;

/* ------------------------------------------------------------ entries */

static bool is_folder(const struct proc_entry *entry)
{
	return !entry->show && !entry->seq && !entry->fops && !entry->link;
}

static u32 mode_of(const struct proc_entry *entry)
{
	if (is_folder(entry))
		return S_IFDIR | (entry->mode ? entry->mode : 0555);
	if (entry->link)
		return S_IFLNK | 0777;
	return S_IFREG | (entry->mode ? entry->mode : 0444);
}

void proc_register(struct proc_entry *parent, struct proc_entry *entry)
{
	spin_lock(&proc_lock);
	INIT_LIST_HEAD(&entry->children);
	entry->parent = parent ? parent : &proc_root;
	entry->ino = ++last_ino;
	list_add_tail(&entry->sibling, &entry->parent->children);
	spin_unlock(&proc_lock);
}

void proc_unregister(struct proc_entry *entry)
{
	spin_lock(&proc_lock);
	list_del(&entry->sibling);
	spin_unlock(&proc_lock);
}

struct proc_entry *proc_entry_of(const struct inode *inode)
{
	return inode->i_private;
}

static struct proc_entry *find_entry(struct proc_entry *dir, const struct qstr *name)
{
	struct proc_entry *entry;

	list_for_each_entry (entry, &dir->children, sibling) {
		if (strlen(entry->name) == name->len && !memcmp(entry->name, name->name, name->len))
			return entry;
	}
	return NULL;
}

/* ------------------------------------------------------------ files */

static int proc_file_open(struct inode *inode, struct file *file)
{
	const struct proc_entry *entry = proc_entry_of(inode);
	int error;

	if (entry->show)
		return single_open(file, entry->show, entry->data);
	error = seq_open(file, entry->seq);
	if (!error)
		((struct seq_file *)file->private_data)->private = entry->data;
	return error;
}

static const struct file_operations proc_file_fops = {
	.open = proc_file_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = seq_release,
};

/* ------------------------------------------------------------ links */

static const char *proc_get_link(struct dentry *dentry, void **cookie)
{
	const struct proc_entry *entry = proc_entry_of(dentry->d_inode);
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL);

	if (!buf)
		return ERR_PTR(-ENOMEM);
	*cookie = buf;
	return entry->link(buf, PATH_MAX);
}

static void proc_put_link(struct dentry *dentry, void *cookie)
{
	(void)dentry;
	kfree(cookie);
}

static const struct inode_operations proc_link_iop = {
	.get_link = proc_get_link,
	.put_link = proc_put_link,
};

/* ------------------------------------------------------------ folders */

static struct dentry *proc_lookup(struct inode *dir, struct dentry *dentry)
{
	struct proc_entry *entry;
	struct inode *inode;

	spin_lock(&proc_lock);
	entry = find_entry(proc_entry_of(dir), &dentry->d_name);
	spin_unlock(&proc_lock);
	if (!entry)
		return proc_entry_of(dir) == &proc_root ? proc_pid_lookup(dentry)
							: ERR_PTR(-ENOENT);
	inode = proc_get_inode(dir->i_sb, entry);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	d_add(dentry, inode);
	return NULL;
}

/* The entry at a position, counted from 2 behind "." and "..". */
static struct proc_entry *entry_at(struct proc_entry *dir, loff_t pos)
{
	struct proc_entry *entry;
	loff_t at = 2;

	list_for_each_entry (entry, &dir->children, sibling)
		if (at++ == pos)
			return entry;
	return NULL;
}

static int proc_iterate(struct file *file, struct dir_context *ctx)
{
	struct proc_entry *dir = proc_entry_of(file->f_inode), *entry;

	if (!dir_emit_dots(file, ctx))
		return 0;
	while ((entry = entry_at(dir, ctx->pos))) {
		if (!ctx->actor(ctx, entry->name, (unsigned int)strlen(entry->name), ctx->pos,
				entry->ino, DT_OF(mode_of(entry))))
			return 0;
		ctx->pos++;
	}
	if (dir != &proc_root)
		return 0;
	ctx->pos = max(ctx->pos, (loff_t)PID_BASE);
	return proc_pid_iterate(ctx, PID_BASE);
}

static const struct inode_operations proc_dir_iop = {.lookup = proc_lookup};
static const struct file_operations proc_dir_fops = {.iterate = proc_iterate};

/* ------------------------------------------------------------ inodes, the super block */

struct inode *proc_get_inode(struct super_block *sb, struct proc_entry *entry)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	inode->i_ino = entry->ino;
	inode->i_mode = mode_of(entry);
	inode->i_nlink = is_folder(entry) ? 2 : 1;
	inode->i_private = entry;
	if (is_folder(entry)) {
		inode->i_op = &proc_dir_iop;
		inode->i_fop = &proc_dir_fops;
	} else if (entry->link) {
		inode->i_op = &proc_link_iop;
	} else {
		inode->i_fop = entry->fops ? entry->fops : &proc_file_fops;
	}
	return inode;
}

/* Inodes of processes own what i_private points at; fixed names' entries are not theirs. */
static void proc_evict_inode(struct inode *inode)
{
	if (inode->i_ino >= PROC_PID_INO)
		kfree(inode->i_private);
}

static const struct super_operations proc_sops = {
	.evict_inode = proc_evict_inode,
	.statfs = simple_statfs,
};

static int proc_fill_super(struct super_block *sb, const char *dev_name, const char *data)
{
	struct inode *root;

	(void)dev_name;
	(void)data;
	sb->s_magic = PROC_SUPER_MAGIC;
	sb->s_blocksize = 1024;
	sb->s_op = &proc_sops;
	root = proc_get_inode(sb, &proc_root);
	if (!root)
		return -ENOMEM;
	sb->s_root = d_alloc_root(sb, root);
	return sb->s_root ? 0 : -ENOMEM;
}

static struct file_system_type proc_fs_type = {
	.name = "proc",
	.fs_flags = FS_SINGLE,
	.fill_super = proc_fill_super,
};

void proc_init(void)
{
	proc_memory_init();
	proc_slab_init();
	proc_system_init();
	proc_iomem_init();
	proc_page_init();
	proc_sysctl_init();
	proc_block_init();
	proc_pci_init();
	register_filesystem(&proc_fs_type);
}
