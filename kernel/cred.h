/*
 * Who a task acts as: user and group ids. A cred is counted and never changes
 * once a task has it; a task that changes its ids gets another one. So threads and children
 * share one until they differ.
 */
#ifndef FOLIO_CRED_H
#define FOLIO_CRED_H

#include "kernel/sched.h"

struct user_struct; /* per real uid: how many processes; kernel/cred.c */

struct cred {
	atomic_t usage;
	u32 uid, euid, suid, fsuid;
	u32 gid, egid, sgid, fsgid;
	struct user_struct *user; /* of uid */
	unsigned int ngroups;
	u32 *groups; /* sorted; supplementary group ids; NULL when there are none */
};

#define NGROUPS_MAX 32 /* as in Linux 2.4; later ones have room for more */

extern struct cred init_cred; /* root's; the first task's */

static inline const struct cred *current_cred(void)
{
	return current->cred;
}
#define current_uid()	(current_cred()->uid)
#define current_euid()	(current_cred()->euid)
#define current_gid()	(current_cred()->gid)
#define current_egid()	(current_cred()->egid)
#define current_fsuid() (current_cred()->fsuid)
#define current_fsgid() (current_cred()->fsgid)

/*
 * capable - may the current task do what is reserved to the superuser? (There are no capabilities.)
 */
static inline bool capable(void)
{
	return current_euid() == 0;
}

/* get_cred, put_cred - take and drop a reference. Any process context. */
const struct cred *get_cred(const struct cred *cred);
void put_cred(const struct cred *cred);

/* in_group_p - is `gid` the current task's fsgid or among its supplementary groups? */
bool in_group_p(u32 gid);

/*
 * may_control - may the current task see and change what is another's own? It must be of the same
 * user and group in every respect, or the superuser's.
 */
bool may_control(const struct task_struct *task);

/*
 * prepare_cred - a copy of the current task's, to be changed, then given to commit_cred() (which
 * takes over the reference) or put_cred(). NULL: no memory. May sleep.
 * commit_cred - the current task is this from now on.
 */
struct cred *prepare_cred(void);
void commit_cred(struct cred *cred);

/*
 * get_user_of - the user with this uid, with a reference; NULL: no memory. May sleep.
 * put_user_of - drop it.
 */
struct user_struct *get_user_of(u32 uid);
void put_user_of(struct user_struct *user);

/*
 * user_count_processes - one process more (+1) or less (-1) of a user; returns how many there
 * are now. For RLIMIT_NPROC; kernel/fork.c and kernel/exit.c call it.
 */
int user_count_processes(struct user_struct *user, int change);

/*
 * user_charge_signal - one queued signal more of a user, with a reference on him; false when
 * `limit` (RLIMIT_SIGPENDING) is reached. user_uncharge_signal - one less. Any context.
 */
bool user_charge_signal(struct user_struct *user, unsigned long limit);
void user_uncharge_signal(struct user_struct *user);

/* cred_init - boot, after slab. */
void cred_init(void);

#endif
