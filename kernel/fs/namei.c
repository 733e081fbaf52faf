/*
 * From a path to a place.
 *
 * The walk goes from name to name. For each it needs search permission in the folder,
 * asks the dentry cache, asks the file system if the cache does not know, and
 * crosses what is mounted there.
 *
 * A symbolic link does not begin a walk inside the walk. Its target takes the link's place in the
 * text that is still to be walked, in a buffer that is filled from its end:
 *
 *	name:	"link/c"      link -> "a/b"      name:	"a/b/c"
 *
 * So links may lead through links as deep as they like; 40 in one walk are the limit.
 *
 * Locks: none over the whole walk; each step holds references. The folder's i_mutex is taken
 * where the file system is asked.
 */
#include "kernel/fs/walk.h"

#include "kernel/cpu/uaccess.h"
#include "kernel/fs/dcache.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/mount.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"

static struct kmem_cache *names_cache;

void namei_init(void)
{
	names_cache = kmem_cache_create("names_cache", PATH_MAX, 0, SLAB_PANIC, NULL);
}

void path_get(const struct path *path)
{
	mntget(path->mnt);
	dget(path->dentry);
}

void path_put(const struct path *path)
{
	dput(path->dentry);
	mntput(path->mnt);
}

/* ---- names from programs --------------------------------------------------------------------- */

char *getname_flags(const char __user *name, unsigned int lookup_flags)
{
	char *buf = kmem_cache_alloc(names_cache, GFP_KERNEL);
	long len;

	if (!buf)
		return ERR_PTR(-ENOMEM);
	len = strncpy_from_user(buf, name, PATH_MAX);
	if (len == PATH_MAX)
		len = -ENAMETOOLONG;
	else if (len == 0 && !(lookup_flags & LOOKUP_EMPTY))
		len = -ENOENT;
	if (len >= 0)
		return buf;
	kmem_cache_free(names_cache, buf);
	return ERR_PTR(len);
}

char *getname(const char __user *name)
{
	return getname_flags(name, 0);
}

char *getname_buffer(void)
{
	return kmem_cache_alloc(names_cache, GFP_KERNEL);
}

void putname(char *name)
{
	kmem_cache_free(names_cache, name);
}

/* ---- one name in one folder ------------------------------------------------------------------ */

/* The cached answer, if there is one and it still holds. */
static struct dentry *cached_lookup(struct dentry *dir, const struct qstr *name)
{
	struct dentry *dentry = d_lookup(dir, name);

	if (!dentry || !dentry->d_op || !dentry->d_op->d_revalidate ||
	    dentry->d_op->d_revalidate(dentry))
		return dentry;
	d_drop(dentry);
	dput(dentry);
	return NULL;
}

/* Ask the file system. The folder's i_mutex is held. */
static struct dentry *real_lookup(struct dentry *dir, const struct qstr *name)
{
	struct inode *inode = dir->d_inode;
	struct dentry *dentry, *other;

	if (!inode->i_op || !inode->i_op->lookup)
		return ERR_PTR(-ENOTDIR);
	if (!inode->i_nlink)
		return ERR_PTR(-ENOENT);
	dentry = d_alloc(dir, name);
	if (!dentry)
		return ERR_PTR(-ENOMEM);
	other = inode->i_op->lookup(inode, dentry);
	if (!other)
		return dentry;
	dput(dentry);
	return other;
}

struct dentry *lookup_locked(struct dentry *dir, const struct qstr *name)
{
	struct dentry *dentry;

	if (name->len > NAME_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	dentry = cached_lookup(dir, name);
	return dentry ? dentry : real_lookup(dir, name);
}

static struct dentry *lookup_slowly(struct dentry *dir, const struct qstr *name)
{
	struct dentry *dentry;

	mutex_lock(&dir->d_inode->i_mutex);
	dentry = lookup_locked(dir, name);
	mutex_unlock(&dir->d_inode->i_mutex);
	return dentry;
}

/* ---- steps ----------------------------------------------------------------------------------- */

static void follow_mounts(struct path *path)
{
	while (path->dentry->d_mounted && follow_down(path))
		;
}

/* Up to the parent, out of a mount if need be, but not above the task's root. */
static void follow_dotdot(struct nameidata *nd)
{
	struct path *path = &nd->path;
	struct dentry *child;

	for (;;) {
		if (path->dentry == nd->root.dentry && path->mnt == nd->root.mnt)
			return;
		if (path->dentry != path->mnt->mnt_root)
			break;
		if (!follow_up(path))
			return;
	}
	child = path->dentry;
	path->dentry = dget(child->d_parent);
	dput(child);
	follow_mounts(path);
}

/* Put a link's target in front of what is still to be walked. */
static int splice_target(struct nameidata *nd, const char *target)
{
	size_t len = strlen(target), rest = strlen(nd->name) + 1;
	char *at;

	if (!len)
		return -ENOENT;
	if (len + 1 + rest > PATH_MAX)
		return -ENAMETOOLONG;
	if (!nd->buffer)
		nd->buffer = kmem_cache_alloc(names_cache, GFP_KERNEL);
	if (!nd->buffer)
		return -ENOMEM;
	at = nd->buffer + PATH_MAX - rest;
	memmove(at, nd->name, rest);
	if (nd->last_slash)
		*--at = '/';
	at -= len;
	memcpy(at, target, len);
	nd->name = at;
	return 0;
}

static void walk_from_root(struct nameidata *nd)
{
	path_get(&nd->root);
	path_put(&nd->path);
	nd->path = nd->root;
}

static int jump(struct nameidata *nd, struct dentry *dentry)
{
	struct path to;
	int err = dentry->d_inode->i_op->jump_link(dentry, &to);

	if (err)
		return err;
	path_put(&nd->path);
	nd->path = to;
	return 0;
}

int walk_link(struct nameidata *nd, struct dentry *dentry)
{
	const struct path link = {.mnt = nd->path.mnt, .dentry = dentry};
	const struct inode_operations *op = dentry->d_inode->i_op;
	void *cookie = NULL;
	const char *target;
	int err;

	if (nd->links++ >= MAX_LINKS)
		return -ELOOP;
	touch_atime(&link);
	if (op->jump_link)
		return jump(nd, dentry);
	target = op->get_link(dentry, &cookie);
	if (IS_ERR(target))
		return (int)PTR_ERR(target);
	err = splice_target(nd, target);
	if (op->put_link)
		op->put_link(dentry, cookie);
	if (err)
		return err;
	if (*nd->name == '/')
		walk_from_root(nd);
	return WALK_AGAIN;
}

void walk_into(struct nameidata *nd, struct dentry *child)
{
	dput(nd->path.dentry);
	nd->path.dentry = child;
	follow_mounts(&nd->path);
}

/* Go to nd->last. A link is followed if `follow`; then the result may be WALK_AGAIN. */
static int walk_component(struct nameidata *nd, bool follow)
{
	struct dentry *dentry;
	int err;

	if (nd->last_type != LAST_NORM) {
		if (nd->last_type == LAST_DOTDOT)
			follow_dotdot(nd);
		return 0;
	}
	dentry = nd->last.len <= NAME_MAX ? cached_lookup(nd->path.dentry, &nd->last) : NULL;
	if (!dentry)
		dentry = lookup_slowly(nd->path.dentry, &nd->last);
	if (IS_ERR(dentry))
		return (int)PTR_ERR(dentry);
	if (!dentry->d_inode) {
		dput(dentry);
		return -ENOENT;
	}
	if (follow && S_ISLNK(dentry->d_inode->i_mode)) {
		err = walk_link(nd, dentry);
		dput(dentry);
		return err;
	}
	walk_into(nd, dentry);
	return 0;
}

/* Find the next name in the text. */
static void next_component(struct nameidata *nd)
{
	const char *s = nd->name, *start;
	u32 hash = NAME_HASH_START;

	while (*s == '/')
		s++;
	for (start = s; *s && *s != '/'; s++)
		hash = name_hash_add(hash, (unsigned char)*s);
	nd->last = (struct qstr){.name = start, .len = (unsigned int)(s - start), .hash = hash};
	nd->last_slash = *s == '/';
	while (*s == '/')
		s++;
	nd->name = s;
	nd->last_type = LAST_NORM;
	if (!nd->last.len)
		nd->last_type = LAST_ROOT;
	else if (start[0] == '.' && nd->last.len == 1)
		nd->last_type = LAST_DOT;
	else if (start[0] == '.' && start[1] == '.' && nd->last.len == 2)
		nd->last_type = LAST_DOTDOT;
}

int walk_to_last(struct nameidata *nd)
{
	for (;;) {
		int err;

		next_component(nd);
		if (nd->last_type == LAST_ROOT)
			return 0;
		if (!S_ISDIR(nd->path.dentry->d_inode->i_mode))
			return -ENOTDIR;
		err = inode_permission(nd->path.dentry->d_inode, MAY_EXEC);
		if (err)
			return err;
		if (!*nd->name)
			return 0;
		err = walk_component(nd, true);
		if (err < 0)
			return err;
	}
}

int walk_last(struct nameidata *nd)
{
	bool follow = (nd->flags & LOOKUP_FOLLOW) || nd->last_slash;
	int err = walk_component(nd, follow);

	if (err)
		return err;
	if ((nd->last_slash || (nd->flags & LOOKUP_DIRECTORY)) &&
	    !S_ISDIR(nd->path.dentry->d_inode->i_mode))
		return -ENOTDIR;
	return 0;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static int start_at_descriptor(struct nameidata *nd, int dfd)
{
	struct file *file = fget_raw((unsigned int)dfd);

	if (!file)
		return -EBADF;
	nd->path = file->f_path;
	path_get(&nd->path);
	fput(file);
	return 0;
}

int walk_begin(struct nameidata *nd, int dfd, const char *name, unsigned int flags)
{
	struct fs_struct *fs = current_fs();
	int err = 0;

	*nd = (struct nameidata){.name = name, .flags = flags};
	if (!*name && !(flags & LOOKUP_EMPTY))
		return -ENOENT;
	get_fs_root(fs, &nd->root);
	if (*name == '/') {
		nd->path = nd->root;
		path_get(&nd->path);
	} else if (dfd == AT_FDCWD) {
		get_fs_pwd(fs, &nd->path);
	} else {
		err = start_at_descriptor(nd, dfd);
	}
	if (err)
		path_put(&nd->root);
	return err;
}

void walk_end(struct nameidata *nd)
{
	path_put(&nd->path);
	path_put(&nd->root);
	if (nd->buffer)
		putname(nd->buffer);
}

int walk_parent(struct nameidata *nd, int dfd, const char *name)
{
	int err = walk_begin(nd, dfd, name, 0);

	if (err)
		return err;
	err = walk_to_last(nd);
	if (err)
		walk_end(nd);
	return err;
}

int path_lookupat(int dfd, const char *name, unsigned int flags, struct path *path)
{
	struct nameidata nd;
	int err = walk_begin(&nd, dfd, name, flags);

	if (err)
		return err;
	do {
		err = walk_to_last(&nd);
		if (!err)
			err = walk_last(&nd);
	} while (err == WALK_AGAIN);
	if (!err) {
		*path = nd.path;
		path_get(path);
	}
	walk_end(&nd);
	return err;
}

int kern_path(const char *name, unsigned int flags, struct path *path)
{
	return path_lookupat(AT_FDCWD, name, flags, path);
}

int user_path_at(int dfd, const char __user *name, unsigned int flags, struct path *path)
{
	char *text = getname_flags(name, flags);
	int err;

	if (IS_ERR(text))
		return (int)PTR_ERR(text);
	err = path_lookupat(dfd, text, flags, path);
	putname(text);
	return err;
}
