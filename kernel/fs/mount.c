/*
 * Mounts: which tree is seen at which place.
 *
 *	mount of the root        mount of proc              d_mounted of "proc" is 1;
 *	   /                        /                       a walk that comes there asks the
 *	   |-- bin                  |-- 1                   hash table by (mount, dentry) and
 *	   `-- proc  <---mnt_mountpoint  `-- meminfo        goes on in the other tree
 *
 * A super_block may be mounted several times (MS_BIND, FS_SINGLE), also a part of it: a mount
 * begins at mnt_root. There is one namespace. A mount in the tree has a reference for being
 * there, and each of its children holds one.
 *
 * Locks: namespace_mutex for what changes the tree of mounts, and around it the hash table, the
 * lists and the parents under vfsmount_lock, which walks take alone.
 */
#include "kernel/fs/mount.h"

#include "kernel/cred.h"
#include "kernel/fs/dcache.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/namei.h"
#include "kernel/fs/super.h"
#include "kernel/lib/err.h"
#include "kernel/lib/hash.h"
#include "kernel/lib/string.h"
#include "kernel/panic.h"
#include "mm/slab.h"

#define MOUNT_HASH_BITS 6
#define MOUNT_FLAGS	(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_RELATIME)

DEFINE_SPINLOCK(vfsmount_lock);

static DEFINE_MUTEX(namespace_mutex);
static struct hlist_head mount_hashtable[1u << MOUNT_HASH_BITS];
static LIST_HEAD(all_mounts);
static struct vfsmount *root_mnt;

/* ---- the object ------------------------------------------------------------------------------ */

struct vfsmount *mntget(struct vfsmount *mnt)
{
	if (mnt)
		atomic_inc(&mnt->mnt_count);
	return mnt;
}

void mntput(struct vfsmount *mnt)
{
	if (!mnt || !atomic_dec_and_test(&mnt->mnt_count))
		return;
	dput(mnt->mnt_root);
	deactivate_super(mnt->mnt_sb);
	kfree(mnt);
}

/* A mount that is seen nowhere yet; takes over the super_block's user. NULL: no memory. */
static struct vfsmount *alloc_mount(struct super_block *sb, struct dentry *root,
				    unsigned long flags, const char *dev_name)
{
	size_t size = strlen(dev_name) + 1;
	struct vfsmount *mnt = kzalloc(sizeof(*mnt) + size, GFP_KERNEL);

	if (!mnt)
		return NULL;
	mnt->mnt_devname = memcpy(mnt + 1, dev_name, size);
	atomic_set(&mnt->mnt_count, 1);
	mnt->mnt_flags = flags & MOUNT_FLAGS;
	mnt->mnt_sb = sb;
	mnt->mnt_root = dget(root);
	mnt->mnt_parent = mnt;
	mnt->mnt_mountpoint = root;
	INIT_HLIST_NODE(&mnt->mnt_hash);
	INIT_LIST_HEAD(&mnt->mnt_list);
	INIT_LIST_HEAD(&mnt->mnt_mounts);
	INIT_LIST_HEAD(&mnt->mnt_child);
	return mnt;
}

static struct vfsmount *mount_type(struct file_system_type *type, unsigned long flags,
				   const char *dev_name, const char *data)
{
	struct super_block *sb = get_super(type, flags, dev_name, data);
	struct vfsmount *mnt;

	if (IS_ERR(sb))
		return (void *)sb;
	mnt = alloc_mount(sb, sb->s_root, flags, dev_name);
	if (mnt)
		return mnt;
	deactivate_super(sb);
	return ERR_PTR(-ENOMEM);
}

struct vfsmount *kern_mount(struct file_system_type *type)
{
	return mount_type(type, 0, type->name, NULL);
}

bool mnt_is_readonly(const struct vfsmount *mnt)
{
	return (mnt->mnt_flags | mnt->mnt_sb->s_flags) & MS_RDONLY ||
	       mnt->mnt_sb->s_readonly_remount;
}

int mnt_want_write(const struct vfsmount *mnt)
{
	if (mnt_is_readonly(mnt))
		return -EROFS;
	atomic_inc(&mnt->mnt_sb->s_writers);
	return 0;
}

void mnt_drop_write(const struct vfsmount *mnt)
{
	atomic_dec(&mnt->mnt_sb->s_writers);
}

/* ---- the tree -------------------------------------------------------------------------------- */

static struct hlist_head *mount_bucket(const struct vfsmount *mnt, const struct dentry *dentry)
{
	return &mount_hashtable[hash_32((u32)(unsigned long)mnt ^ (u32)(unsigned long)dentry >> 4,
					MOUNT_HASH_BITS)];
}

bool follow_down(struct path *path)
{
	struct vfsmount *mnt;

	spin_lock(&vfsmount_lock);
	hlist_for_each_entry (mnt, mount_bucket(path->mnt, path->dentry), mnt_hash)
		if (mnt->mnt_parent == path->mnt && mnt->mnt_mountpoint == path->dentry)
			break;
	mntget(mnt);
	spin_unlock(&vfsmount_lock);
	if (!mnt)
		return false;
	path_put(path);
	path->mnt = mnt;
	path->dentry = dget(mnt->mnt_root);
	return true;
}

bool follow_up(struct path *path)
{
	struct path up;

	spin_lock(&vfsmount_lock);
	if (path->mnt->mnt_parent == path->mnt) {
		spin_unlock(&vfsmount_lock);
		return false;
	}
	up.mnt = mntget(path->mnt->mnt_parent);
	up.dentry = dget(path->mnt->mnt_mountpoint);
	spin_unlock(&vfsmount_lock);
	path_put(path);
	*path = up;
	return true;
}

/*
 * Show a mount at a place. It is in the tree then, with the caller's reference. namespace_mutex
 * held.
 */
static void attach_mount(struct vfsmount *mnt, const struct path *at)
{
	path_get(at);
	spin_lock(&vfsmount_lock);
	mnt->mnt_parent = at->mnt;
	mnt->mnt_mountpoint = at->dentry;
	hlist_add_head(&mnt->mnt_hash, mount_bucket(at->mnt, at->dentry));
	list_add_tail(&mnt->mnt_child, &at->mnt->mnt_mounts);
	at->dentry->d_mounted++;
	spin_unlock(&vfsmount_lock);
}

/* The opposite; the place's references are the caller's. */
static void detach_mount(struct vfsmount *mnt, struct path *from)
{
	spin_lock(&vfsmount_lock);
	from->mnt = mnt->mnt_parent;
	from->dentry = mnt->mnt_mountpoint;
	mnt->mnt_parent = mnt;
	mnt->mnt_mountpoint = mnt->mnt_root;
	hlist_del_init(&mnt->mnt_hash);
	list_del_init(&mnt->mnt_child);
	from->dentry->d_mounted--;
	spin_unlock(&vfsmount_lock);
}

/* A new mount joins the tree where a folder lies on a folder, or a file on a file. */
static int graft(struct vfsmount *mnt, const struct path *at)
{
	if (S_ISDIR(mnt->mnt_root->d_inode->i_mode) != S_ISDIR(at->dentry->d_inode->i_mode))
		return -ENOTDIR;
	if (d_unhashed(at->dentry) && at->dentry->d_parent != at->dentry)
		return -ENOENT;
	mntget(mnt);
	attach_mount(mnt, at);
	list_add_tail(&mnt->mnt_list, &all_mounts);
	return 0;
}

/* Look again for what somebody else mounted at the place before namespace_mutex was ours. */
static void lock_mount(struct path *at)
{
	mutex_lock(&namespace_mutex);
	while (at->dentry->d_mounted && follow_down(at))
		;
}

/* ---- mount(2) -------------------------------------------------------------------------------- */

static int do_new_mount(struct path *at, const char *dev_name, const char *type_name,
			unsigned long flags, const char *data)
{
	struct file_system_type *type;
	struct vfsmount *mnt;
	int err;

	if (!type_name)
		return -EINVAL;
	type = get_fs_type(type_name);
	if (!type)
		return -ENODEV;
	if (!dev_name)
		dev_name = type->fs_flags & FS_REQUIRES_DEV ? "" : "none";
	mnt = mount_type(type, flags, dev_name, data);
	if (IS_ERR(mnt))
		return (int)PTR_ERR(mnt);
	lock_mount(at);
	if (at->mnt->mnt_sb == mnt->mnt_sb && at->mnt->mnt_root == at->dentry)
		err = -EBUSY; /* the same once more on top of itself */
	else
		err = graft(mnt, at);
	mutex_unlock(&namespace_mutex);
	mntput(mnt);
	return err;
}

static int do_bind(struct path *at, const char *old_name)
{
	struct vfsmount *mnt;
	struct path old;
	int err;

	if (!old_name || !*old_name)
		return -EINVAL;
	err = kern_path(old_name, LOOKUP_FOLLOW, &old);
	if (err)
		return err;
	atomic_inc(&old.mnt->mnt_sb->s_active);
	mnt = alloc_mount(old.mnt->mnt_sb, old.dentry, old.mnt->mnt_flags, old.mnt->mnt_devname);
	if (mnt) {
		lock_mount(at);
		err = graft(mnt, at);
		mutex_unlock(&namespace_mutex);
		mntput(mnt);
	} else {
		deactivate_super(old.mnt->mnt_sb);
		err = -ENOMEM;
	}
	path_put(&old);
	return err;
}

/* Is `mnt` the mount `above`, or somewhere below it? */
static bool is_below(const struct vfsmount *mnt, const struct vfsmount *above)
{
	while (mnt != above && mnt->mnt_parent != mnt)
		mnt = mnt->mnt_parent;
	return mnt == above;
}

static int move_mount(struct vfsmount *mnt, const struct path *at)
{
	struct path from;

	if (mnt->mnt_parent == mnt)
		return -EINVAL;
	if (S_ISDIR(mnt->mnt_root->d_inode->i_mode) != S_ISDIR(at->dentry->d_inode->i_mode))
		return -EINVAL;
	if (is_below(at->mnt, mnt))
		return -ELOOP;
	detach_mount(mnt, &from);
	attach_mount(mnt, at);
	path_put(&from);
	return 0;
}

static int do_move(struct path *at, const char *old_name)
{
	struct path old;
	int err;

	if (!old_name || !*old_name)
		return -EINVAL;
	err = kern_path(old_name, LOOKUP_FOLLOW, &old);
	if (err)
		return err;
	lock_mount(at);
	err = old.dentry == old.mnt->mnt_root ? move_mount(old.mnt, at) : -EINVAL;
	mutex_unlock(&namespace_mutex);
	path_put(&old);
	return err;
}

/* With MS_BIND of the mount alone, otherwise of its file system too. */
static int do_remount(const struct path *at, unsigned long flags, const char *data)
{
	int err = 0;

	if (at->dentry != at->mnt->mnt_root)
		return -EINVAL;
	if (!(flags & MS_BIND))
		err = remount_super(at->mnt->mnt_sb, flags, data);
	if (!err)
		at->mnt->mnt_flags = flags & MOUNT_FLAGS;
	return err;
}

/* How mounts tell each other of changes: privately, which is to say not at all. */
static int change_propagation(unsigned long flags)
{
	return (flags & MS_PROPAGATION) == MS_PRIVATE ? 0 : -EINVAL;
}

int do_mount(const char *dev_name, const char *dir, const char *type, unsigned long flags,
	     const char *data)
{
	struct path at;
	int err = kern_path(dir, LOOKUP_FOLLOW, &at);

	if (err)
		return err;
	if ((flags & MS_MGC_MSK) == MS_MGC_VAL)
		flags &= ~MS_MGC_MSK;
	if (!capable())
		err = -EPERM;
	else if (flags & MS_REMOUNT)
		err = do_remount(&at, flags, data);
	else if (flags & MS_PROPAGATION)
		err = change_propagation(flags);
	else if (flags & MS_REC)
		err = -EINVAL;
	else if (flags & MS_BIND)
		err = do_bind(&at, dev_name);
	else if (flags & MS_MOVE)
		err = do_move(&at, dev_name);
	else
		err = do_new_mount(&at, dev_name, type, flags, data);
	path_put(&at);
	return err;
}

/* ---- umount(2) ------------------------------------------------------------------------------- */

static struct vfsmount *deepest_child(struct vfsmount *mnt)
{
	while (!list_empty(&mnt->mnt_mounts))
		mnt = list_first_entry(&mnt->mnt_mounts, struct vfsmount, mnt_child);
	return mnt;
}

/*
 * Take a mount and all below it out of the tree, and hand them over to be let go when
 * namespace_mutex, which is held, is not any more: with the last reference a disk is written.
 */
static void umount_tree(struct vfsmount *mnt, struct list_head *gone)
{
	struct vfsmount *leaf;
	struct path from;

	do {
		leaf = deepest_child(mnt);
		if (leaf->mnt_parent != leaf) {
			detach_mount(leaf, &from);
			path_put(&from); /* not the last ones: the parent is in the tree */
		}
		list_move_tail(&leaf->mnt_list, gone);
	} while (leaf != mnt);
}

static void let_go(struct list_head *gone)
{
	struct vfsmount *mnt, *next;

	list_for_each_entry_safe (mnt, next, gone, mnt_list) {
		list_del_init(&mnt->mnt_list);
		mntput(mnt);
	}
}

/* `mnt` is held by the caller once. */
static int umount_locked(struct vfsmount *mnt, unsigned int flags, struct list_head *gone)
{
	if (mnt->mnt_parent == mnt) /* the root of all: nothing would be left to look at */
		return flags & MNT_DETACH ? -EINVAL : remount_super(mnt->mnt_sb, MS_RDONLY, NULL);
	if (!(flags & MNT_DETACH) &&
	    (!list_empty(&mnt->mnt_mounts) || atomic_read(&mnt->mnt_count) > 2))
		return -EBUSY;
	umount_tree(mnt, gone);
	return 0;
}

/* MNT_FORCE is for file systems over a network; what is here cannot hang, and is just as busy. */
int do_umount(const char *dir, unsigned int flags)
{
	struct path path;
	LIST_HEAD(gone);
	int err;

	if (flags & ~(MNT_FORCE | MNT_DETACH | UMOUNT_NOFOLLOW))
		return -EINVAL;
	err = kern_path(dir, flags & UMOUNT_NOFOLLOW ? 0 : LOOKUP_FOLLOW, &path);
	if (err)
		return err;
	if (path.dentry != path.mnt->mnt_root) {
		path_put(&path);
		return -EINVAL;
	}
	dput(path.dentry); /* the mount itself holds its root */
	mutex_lock(&namespace_mutex);
	err = capable() ? umount_locked(path.mnt, flags, &gone) : -EPERM;
	mutex_unlock(&namespace_mutex);
	mntput(path.mnt);
	let_go(&gone);
	return err;
}

/* ---- looking, and the first mount ------------------------------------------------------------ */

int for_each_mount(int (*fn)(struct vfsmount *mnt, void *ctx), void *ctx)
{
	struct vfsmount *mnt;
	int ret = 0;

	mutex_lock(&namespace_mutex);
	list_for_each_entry (mnt, &all_mounts, mnt_list) {
		ret = fn(mnt, ctx);
		if (ret)
			break;
	}
	mutex_unlock(&namespace_mutex);
	return ret;
}

/* The root of all, and where the current task and those that share its place stand. */
static void set_root(struct vfsmount *mnt)
{
	const struct path root = {.mnt = mnt, .dentry = mnt->mnt_root};

	root_mnt = mnt;
	set_fs_root(&init_fs, &root);
	set_fs_pwd(&init_fs, &root);
}

int mount_root(const char *dev_name, const char *type_name, unsigned long flags, const char *data,
	       bool (*usable)(void))
{
	struct file_system_type *type = get_fs_type(type_name);
	struct vfsmount *mnt, *old = root_mnt;
	LIST_HEAD(gone);
	bool stays;

	if (!type)
		return -ENODEV;
	mnt = mount_type(type, flags, dev_name, data);
	if (IS_ERR(mnt))
		return (int)PTR_ERR(mnt);
	mutex_lock(&namespace_mutex);
	list_add(&mnt->mnt_list, &all_mounts);
	set_root(mnt);
	stays = usable();
	if (!stays)
		set_root(old);
	umount_tree(stays ? old : mnt, &gone);
	mutex_unlock(&namespace_mutex);
	let_go(&gone);
	return stays ? 0 : -ENOEXEC;
}

void init_rootfs(void)
{
	struct file_system_type *type = get_fs_type("ramfs");

	BUG_ON(!type);
	root_mnt = mount_type(type, 0, "rootfs", NULL);
	if (IS_ERR(root_mnt))
		panic("Too little memory: the root file system cannot be made");
	list_add_tail(&root_mnt->mnt_list, &all_mounts);
	set_root(root_mnt);
	atomic_inc(&init_fs.count);
	current->fs = &init_fs;
}
