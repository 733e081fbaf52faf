/*
 * Places as text: names are put in front of each other at the end of a buffer, on the way
 * up from the place to the root.
 */
#include "kernel/fs/dcache.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"

struct text {
	char *buf, *at;
};

/* False: no room. */
static bool prepend(struct text *text, const char *s, size_t len)
{
	if ((size_t)(text->at - text->buf) < len)
		return false;
	text->at -= len;
	memcpy(text->at, s, len);
	return true;
}

static bool prepend_name(struct text *text, const struct dentry *dentry)
{
	return prepend(text, dentry->d_name.name, dentry->d_name.len) && prepend(text, "/", 1);
}

/* Up to root, or to the end; both locks are held. */
static bool climb(struct text *text, const struct path *path, const struct path *root,
		  bool *reached)
{
	const struct dentry *dentry = path->dentry;
	const struct vfsmount *mnt = path->mnt;

	while (dentry != root->dentry || mnt != root->mnt) {
		if (dentry == mnt->mnt_root || dentry->d_parent == dentry) {
			*reached = false;
			if (mnt->mnt_parent == mnt)
				return true;
			dentry = mnt->mnt_mountpoint;
			mnt = mnt->mnt_parent;
			continue;
		}
		if (!prepend_name(text, dentry))
			return false;
		dentry = dentry->d_parent;
	}
	*reached = true;
	return true;
}

static char *finish(struct text *text, const char *end, bool fits)
{
	if (fits && text->at == end)
		fits = prepend(text, "/", 1);
	return fits ? text->at : ERR_PTR(-ENAMETOOLONG);
}

/* The text is built before what already ends the buffer (and begins at text->at). */
static char *build(struct text *text, const struct path *path, const struct path *root,
		   bool *reached)
{
	const char *end = text->at;
	bool fits;

	spin_lock(&vfsmount_lock);
	spin_lock(&dcache_lock);
	fits = climb(text, path, root, reached);
	spin_unlock(&dcache_lock);
	spin_unlock(&vfsmount_lock);
	return finish(text, end, fits);
}

static struct text start_text(char *buf, size_t size)
{
	struct text text = {.buf = buf, .at = buf + size};

	prepend(&text, "", 1);
	return text;
}

char *place_text(const struct path *path, const struct path *root, char *buf, size_t size,
		 bool *reached)
{
	struct text text = start_text(buf, size);

	return build(&text, path, root, reached);
}

char *d_path(const struct path *path, char *buf, size_t size)
{
	struct dentry *dentry = path->dentry;
	struct text text;
	struct path root;
	bool reached;
	char *start;

	if (dentry->d_op && dentry->d_op->d_dname)
		return dentry->d_op->d_dname(dentry, buf, size);
	text = start_text(buf, size);
	if (dentry->d_flags & DCACHE_NOPATH)
		return prepend(&text, dentry->d_name.name, dentry->d_name.len)
			       ? text.at
			       : ERR_PTR(-ENAMETOOLONG);
	if (d_unhashed(dentry) && dentry->d_parent != dentry && !prepend(&text, " (deleted)", 10))
		return ERR_PTR(-ENAMETOOLONG);
	get_fs_root(current_fs(), &root);
	start = build(&text, path, &root, &reached);
	path_put(&root);
	return start;
}

bool d_is_ancestor(const struct dentry *a, const struct dentry *d)
{
	bool found;

	spin_lock(&dcache_lock);
	while (d != a && d->d_parent != d)
		d = d->d_parent;
	found = d == a;
	spin_unlock(&dcache_lock);
	return found;
}
