/*
 * One walk along a path, step by step: for the calls that need the last name itself and the folder
 * it is in (creating, removing, opening). Others use kernel/fs/namei.h.
 *
 *	err = walk_begin(&nd, dfd, name, flags);
 *	while (!err) {
 *		err = walk_to_last(&nd);	nd.path is the folder, nd.last the name in it
 *		if (!err)
 *			err = walk_last(&nd);	WALK_AGAIN: it was a link, nd.name is where it leads
 *		...
 *	}
 *	walk_end(&nd);
 */
#ifndef FOLIO_FS_WALK_H
#define FOLIO_FS_WALK_H

#include "kernel/fs/namei.h"

enum last_type {
	LAST_NORM,
	LAST_ROOT, /* there is no name: "/" */
	LAST_DOT,
	LAST_DOTDOT,
};

struct nameidata {
	struct path path; /* where the walk is; a reference to both */
	struct path root; /* the task's; ".." does not lead above it */
	const char *name; /* what is still to be walked */
	struct qstr last; /* the name that is next; in memory that `name` is in */
	enum last_type last_type;
	bool last_slash;    /* there was a slash behind it */
	unsigned int flags; /* LOOKUP_* */
	unsigned int links; /* followed so far */
	char *buffer;	    /* of PATH_MAX bytes, for targets of links; NULL until there is one */
};

#define MAX_LINKS  40 /* Linux's MAXSYMLINKS */
#define WALK_AGAIN 1

/*
 * All return 0 or -errno, and may sleep; walk_end() is called in every case but that of
 * walk_begin() failing.
 */
int walk_begin(struct nameidata *nd, int dfd, const char *name, unsigned int flags);
int walk_to_last(struct nameidata *nd);
int walk_last(struct nameidata *nd);
void walk_end(struct nameidata *nd);

/* walk_parent - the first two; on failure nothing is left to end. */
int walk_parent(struct nameidata *nd, int dfd, const char *name);

/* walk_link - go where the link `dentry` in nd->path leads. 0: nd->path is there; WALK_AGAIN. */
int walk_link(struct nameidata *nd, struct dentry *dentry);

/*
 * walk_into - the walk goes on to a child of nd->path (takes over the reference), and to what is
 * mounted there.
 */
void walk_into(struct nameidata *nd, struct dentry *child);

/*
 * lookup_locked - the dentry of a name in a folder whose i_mutex is held: cached, or looked up; may
 * be negative. One reference, or ERR_PTR(-ENOENT: the folder is removed; -ENAMETOOLONG, -ENOTDIR,
 * -ENOMEM...).
 */
struct dentry *lookup_locked(struct dentry *dir, const struct qstr *name);

#endif
