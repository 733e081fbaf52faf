/*
 * A folder in /proc for each process.
 *
 * Its inodes do not hold the task: they remember its pid and when it began, and find it at each
 * use. So an open file of a process that has ended reads as ESRCH, and nothing keeps a dead task's
 * memory. Dentries are asked again each time (d_revalidate), and forgotten as soon as nobody uses
 * them.
 */
#include "kernel/cred.h"
#include "kernel/fs/dcache.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/libfs.h"
#include "kernel/fs/namei.h"
#include "kernel/fs/proc/internal.h"
#include "kernel/lib/err.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/kstrtox.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/pid.h"
#include "kernel/task.h"
#include "mm/memory.h"
#include "mm/mm.h"
#include "mm/slab.h"

/* ------------------------------------------------------------ which task */

struct task_struct *proc_task(const struct inode *inode)
{
	const struct proc_pid_inode *pi = inode->i_private;
	struct task_struct *task = find_task_by_pid(pi->pid);

	if (task && task->start_time != pi->start_time) {
		put_task_struct(task);
		task = NULL;
	}
	return task;
}

bool proc_may_access(const struct task_struct *task)
{
	const struct cred *own = current_cred(), *other = task->cred;

	return task->signal == current->signal || capable() ||
	       (!task->signal->changed_ids && own->fsuid == other->uid &&
		own->fsuid == other->euid && own->fsuid == other->suid &&
		own->fsgid == other->gid && own->fsgid == other->egid && own->fsgid == other->sgid);
}

/* ------------------------------------------------------------ text files */

static void pid_show(struct seq_file *m, void *v)
{
	const struct inode *inode = m->private;
	const struct proc_pid_inode *pi = inode->i_private;
	struct task_struct *task = proc_task(inode);

	(void)v;
	if (!task)
		return;
	pi->entry->show(m, task);
	put_task_struct(task);
}

static int pid_file_open(struct inode *inode, struct file *file)
{
	return single_open(file, pid_show, inode);
}

static const struct file_operations pid_file_fops = {
	.open = pid_file_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = seq_release,
};

/* Bytes [start, end) of a process's memory, which may be longer than a page, as they are. */
static void show_memory(struct seq_file *m, struct mm_struct *mm, unsigned long start,
			unsigned long end)
{
	while (start < end) {
		char piece[128];
		size_t len = min((size_t)(end - start), sizeof(piece));
		long n = access_process_vm(mm, start, piece, len, false);

		for (long i = 0; i < n; i++)
			seq_putc(m, piece[i]);
		if (n < (long)len)
			return;
		start += len;
	}
}

static void show_cmdline(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);

	if (!mm)
		return;
	show_memory(m, mm, mm->arg_start, mm->arg_end);
	mmput(mm);
}

static void show_environ(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = proc_may_access(task) ? get_task_mm(task) : NULL;

	if (!mm)
		return;
	show_memory(m, mm, mm->env_start, mm->env_end);
	mmput(mm);
}

static void show_comm(struct seq_file *m, struct task_struct *task)
{
	seq_printf(m, "%s\n", task->comm);
}

/* ------------------------------------------------------------ links */

static int jump_exe(struct task_struct *task, const struct proc_pid_inode *pi, struct path *path)
{
	struct mm_struct *mm = get_task_mm(task);
	int error = -ENOENT;

	(void)pi;
	if (!mm)
		return error;
	if (mm->exe_file) {
		*path = mm->exe_file->f_path;
		path_get(path);
		error = 0;
	}
	mmput(mm);
	return error;
}

static int jump_cwd(struct task_struct *task, const struct proc_pid_inode *pi, struct path *path)
{
	(void)pi;
	if (!task->fs)
		return -ENOENT;
	get_fs_pwd(task->fs, path);
	return 0;
}

static int jump_root(struct task_struct *task, const struct proc_pid_inode *pi, struct path *path)
{
	(void)pi;
	if (!task->fs)
		return -ENOENT;
	get_fs_root(task->fs, path);
	return 0;
}

static int pid_jump_link(struct dentry *dentry, struct path *path)
{
	const struct proc_pid_inode *pi = dentry->d_inode->i_private;
	struct task_struct *task = proc_task(dentry->d_inode);
	int error = -ENOENT;

	if (!task)
		return error;
	error = proc_may_access(task) ? pi->entry->jump(task, pi, path) : -EACCES;
	put_task_struct(task);
	return error;
}

/* readlink(2): the name of the place. */
static const char *pid_get_link(struct dentry *dentry, void **cookie)
{
	struct path path;
	char *buf, *name;
	int error = pid_jump_link(dentry, &path);

	if (error)
		return ERR_PTR(error);
	buf = kmalloc(PATH_MAX, GFP_KERNEL);
	name = buf ? d_path(&path, buf, PATH_MAX) : ERR_PTR(-ENOMEM);
	path_put(&path);
	if (IS_ERR(name))
		kfree(buf);
	else
		*cookie = buf;
	return name;
}

static void pid_put_link(struct dentry *dentry, void *cookie)
{
	(void)dentry;
	kfree(cookie);
}

static const struct inode_operations pid_link_iop = {
	.get_link = pid_get_link,
	.put_link = pid_put_link,
	.jump_link = pid_jump_link,
};

/* ------------------------------------------------------------ the table */

static const struct inode_operations pid_dir_iop, task_dir_iop;
static const struct file_operations pid_dir_fops, task_dir_fops;

static const struct pid_entry pid_entries[] = {
	{.name = "maps", .mode = S_IFREG | 0444, .fops = &proc_maps_fops},
	{.name = "smaps", .mode = S_IFREG | 0444, .fops = &proc_smaps_fops},
	{.name = "pagemap", .mode = S_IFREG | 0400, .fops = &proc_pagemap_fops},
	{.name = "status", .mode = S_IFREG | 0444, .show = proc_pid_status},
	{.name = "stat", .mode = S_IFREG | 0444, .show = proc_pid_stat},
	{.name = "statm", .mode = S_IFREG | 0444, .show = proc_pid_statm},
	{.name = "limits", .mode = S_IFREG | 0444, .show = proc_pid_limits},
	{.name = "mounts", .mode = S_IFREG | 0444, .show = proc_pid_mounts},
	{.name = "cmdline", .mode = S_IFREG | 0444, .show = show_cmdline},
	{.name = "comm", .mode = S_IFREG | 0444, .show = show_comm},
	{.name = "environ", .mode = S_IFREG | 0400, .show = show_environ},
	{.name = "exe", .mode = S_IFLNK | 0777, .jump = jump_exe},
	{.name = "cwd", .mode = S_IFLNK | 0777, .jump = jump_cwd},
	{.name = "root", .mode = S_IFLNK | 0777, .jump = jump_root},
	{.name = "fd", .mode = S_IFDIR | 0500, .iop = &proc_fd_iop, .fops = &proc_fd_fops},
	{.name = "task", .mode = S_IFDIR | 0555, .iop = &task_dir_iop, .fops = &task_dir_fops},
};

/* The folder of a task itself: /proc/PID, and below task/. */
static const struct pid_entry pid_folder = {
	.mode = S_IFDIR | 0555,
	.iop = &pid_dir_iop,
	.fops = &pid_dir_fops,
};

static struct inode *make_inode(struct super_block *sb, struct task_struct *task,
				const struct pid_entry *entry, unsigned int fd)
{
	struct proc_pid_inode *pi = kmalloc(sizeof(*pi), GFP_KERNEL);
	struct inode *inode;

	if (!pi)
		return NULL;
	inode = new_inode(sb);
	if (!inode) {
		kfree(pi);
		return NULL;
	}
	*pi = (struct proc_pid_inode){task->pid, task->start_time, entry, fd};
	inode->i_ino |= PROC_PID_INO;
	inode->i_private = pi;
	inode->i_mode = entry->mode;
	inode->i_nlink = S_ISDIR(entry->mode) ? 2 : 1;
	inode->i_uid = task->cred->euid;
	inode->i_gid = task->cred->egid;
	inode->i_op = entry->iop ? entry->iop : entry->jump ? &pid_link_iop : inode->i_op;
	inode->i_fop = entry->fops ? entry->fops : entry->show ? &pid_file_fops : inode->i_fop;
	return inode;
}

/* ------------------------------------------------------------ dentries */

static bool pid_revalidate(struct dentry *dentry)
{
	const struct proc_pid_inode *pi;
	struct task_struct *task;
	bool exists;

	if (!dentry->d_inode)
		return false;
	task = proc_task(dentry->d_inode);
	if (!task)
		return false;
	pi = dentry->d_inode->i_private;
	exists = !S_ISLNK(pi->entry->mode) || pi->entry->name || proc_fd_exists(task, pi->fd);
	/* It may have changed its ids since. */
	dentry->d_inode->i_uid = task->cred->euid;
	dentry->d_inode->i_gid = task->cred->egid;
	put_task_struct(task);
	return exists;
}

static bool pid_delete_dentry(const struct dentry *dentry)
{
	(void)dentry;
	return true;
}

static const struct dentry_operations pid_dentry_operations = {
	.d_revalidate = pid_revalidate,
	.d_delete = pid_delete_dentry,
};

struct dentry *proc_pid_add(struct dentry *dentry, struct task_struct *task,
			    const struct pid_entry *entry, unsigned int fd)
{
	struct inode *inode = make_inode(dentry->d_sb, task, entry, fd);

	if (!inode)
		return ERR_PTR(-ENOMEM);
	dentry->d_op = &pid_dentry_operations;
	d_add(dentry, inode);
	return NULL;
}

/* ------------------------------------------------------------ /proc/PID */

static struct dentry *pid_dir_lookup(struct inode *dir, struct dentry *dentry)
{
	struct task_struct *task = proc_task(dir);
	struct dentry *result = ERR_PTR(-ENOENT);

	if (!task)
		return result;
	for (unsigned int i = 0; i < ARRAY_SIZE(pid_entries); i++) {
		const struct pid_entry *entry = &pid_entries[i];

		if (strlen(entry->name) == dentry->d_name.len &&
		    !memcmp(entry->name, dentry->d_name.name, dentry->d_name.len)) {
			result = proc_pid_add(dentry, task, entry, 0);
			break;
		}
	}
	put_task_struct(task);
	return result;
}

static int pid_dir_iterate(struct file *file, struct dir_context *ctx)
{
	if (!dir_emit_dots(file, ctx))
		return 0;
	while (ctx->pos < (loff_t)ARRAY_SIZE(pid_entries) + 2) {
		const struct pid_entry *entry = &pid_entries[ctx->pos - 2];

		if (!ctx->actor(ctx, entry->name, (unsigned int)strlen(entry->name), ctx->pos,
				PROC_PID_INO + (u64)ctx->pos, DT_OF(entry->mode)))
			break;
		ctx->pos++;
	}
	return 0;
}

static const struct inode_operations pid_dir_iop = {.lookup = pid_dir_lookup};
static const struct file_operations pid_dir_fops = {.iterate = pid_dir_iterate};

/* ------------------------------------------------------------ numbers as names */

long proc_name_to_number(const struct qstr *name)
{
	char text[12];
	unsigned int number;

	if (!name->len || name->len >= sizeof(text) || (name->name[0] == '0' && name->len > 1))
		return -1;
	memcpy(text, name->name, name->len);
	text[name->len] = 0;
	return kstrtouint(text, 10, &number) || (int)number < 0 ? -1 : (long)number;
}

struct dentry *proc_pid_lookup(struct dentry *dentry)
{
	pid_t pid = (pid_t)proc_name_to_number(&dentry->d_name);
	struct task_struct *task = pid > 0 ? find_task_by_pid(pid) : NULL;
	struct dentry *result;

	if (!task)
		return ERR_PTR(-ENOENT);
	result = proc_pid_add(dentry, task, &pid_folder, 0);
	put_task_struct(task);
	return result;
}

/* The first process with a pid of at least `pid`; 0: there is none. */
static pid_t next_pid(pid_t pid)
{
	struct task_struct *task;
	unsigned long flags;
	pid_t best = 0;

	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_task (task) {
		if (task->pid >= pid && task->pid > 0 && thread_group_leader(task) &&
		    (!best || task->pid < best))
			best = task->pid;
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return best;
}

bool proc_emit_number(struct dir_context *ctx, unsigned int number, unsigned int type)
{
	char name[12];
	int len = snprintf(name, sizeof(name), "%u", number);

	return ctx->actor(ctx, name, (unsigned int)len, ctx->pos, PROC_PID_INO + number, type);
}

int proc_pid_iterate(struct dir_context *ctx, loff_t base)
{
	pid_t pid;

	while ((pid = next_pid((pid_t)(ctx->pos - base)))) {
		ctx->pos = base + pid;
		if (!proc_emit_number(ctx, (unsigned int)pid, DT_DIR))
			return 0;
		ctx->pos++;
	}
	return 0;
}

/* ------------------------------------------------------------ task/: the threads */

static struct dentry *task_dir_lookup(struct inode *dir, struct dentry *dentry)
{
	struct task_struct *leader = proc_task(dir);
	pid_t pid = (pid_t)proc_name_to_number(&dentry->d_name);
	struct task_struct *task = leader && pid > 0 ? find_task_by_pid(pid) : NULL;
	struct dentry *result = ERR_PTR(-ENOENT);

	if (task && task->tgid == leader->tgid)
		result = proc_pid_add(dentry, task, &pid_folder, 0);
	if (task)
		put_task_struct(task);
	if (leader)
		put_task_struct(leader);
	return result;
}

/* The thread with the lowest pid of at least `pid`; 0: there is none. */
static pid_t next_thread(struct task_struct *task, pid_t pid)
{
	struct task_struct *t;
	unsigned long flags;
	pid_t best = 0;

	spin_lock_irqsave(&tasklist_lock, flags);
	if (list_empty(&task->thread_node) && task->pid >= pid)
		best = task->pid; /* a kernel thread */
	else
		for_each_thread (task, t)
			if (t->pid >= pid && (!best || t->pid < best))
				best = t->pid;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return best;
}

static int task_dir_iterate(struct file *file, struct dir_context *ctx)
{
	struct task_struct *task = proc_task(file->f_inode);
	pid_t pid;

	if (!task)
		return -ENOENT;
	if (dir_emit_dots(file, ctx)) {
		while ((pid = next_thread(task, (pid_t)(ctx->pos - 2)))) {
			ctx->pos = pid + 2;
			if (!proc_emit_number(ctx, (unsigned int)pid, DT_DIR))
				break;
			ctx->pos++;
		}
	}
	put_task_struct(task);
	return 0;
}

static const struct inode_operations task_dir_iop = {.lookup = task_dir_lookup};
static const struct file_operations task_dir_fops = {.iterate = task_dir_iterate};
