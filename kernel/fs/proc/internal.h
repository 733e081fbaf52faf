/* What the files of this folder share about processes in /proc. */
#ifndef FOLIO_FS_PROC_INTERNAL_H
#define FOLIO_FS_PROC_INTERNAL_H

#include "kernel/fs/proc/proc.h"
#include "kernel/sched.h"

struct mm_struct;

/* What an inode below /proc/PID is about; i_private. */
struct proc_pid_inode {
	pid_t pid;
	u64 start_time; /* tells a task from a later one with its pid */
	const struct pid_entry *entry;
	unsigned int fd; /* below fd/ */
};

/*
 * A name in the folder of each process. What it is, is told by the first that is set; none: a
 * folder with operations of its own (iop, fops).
 */
struct pid_entry {
	const char *name;
	u32 mode; /* with its type */
	void (*show)(struct seq_file *m, struct task_struct *task);
	const struct file_operations *fops;
	/* A link to a place: its path, with references. 0 or -errno. */
	int (*jump)(struct task_struct *task, const struct proc_pid_inode *pi, struct path *path);
	const struct inode_operations *iop;
};

/* Inodes of processes have this bit in their numbers. */
#define PROC_PID_INO 0x80000000ul

/* proc_task - the task of an inode, with a reference; NULL: it has gone. */
struct task_struct *proc_task(const struct inode *inode);

/* proc_may_access - may the current task look into this one (its memory, files, environment)? */
bool proc_may_access(const struct task_struct *task);

/*
 * proc_pid_add - give a new dentry the inode of a task's entry; `fd` is that of its descriptor's.
 * As i_op->lookup returns it: NULL, or ERR_PTR(-ENOMEM).
 */
struct dentry *proc_pid_add(struct dentry *dentry, struct task_struct *task,
			    const struct pid_entry *entry, unsigned int fd);

/* proc_name_to_number - a name in decimal, without leading zeros; -1: it is none. */
long proc_name_to_number(const struct qstr *name);

/* proc_emit_number - an entry of a folder whose names are numbers; false: no more room. */
bool proc_emit_number(struct dir_context *ctx, unsigned int number, unsigned int type);

/* proc_get_inode - of a fixed name. */
struct inode *proc_get_inode(struct super_block *sb, struct proc_entry *entry);

/* proc_fd_exists - has a task that descriptor? */
bool proc_fd_exists(struct task_struct *task, unsigned int fd);

extern const struct inode_operations proc_fd_iop;
extern const struct file_operations proc_fd_fops;
extern const struct file_operations proc_maps_fops, proc_smaps_fops, proc_pagemap_fops;

/* proc_pid_lookup, proc_pid_iterate - /proc's part that is processes (proc_pid.c). */
struct dentry *proc_pid_lookup(struct dentry *dentry);
int proc_pid_iterate(struct dir_context *ctx, loff_t base);

/* Files of a process (proc_status.c). */
void proc_pid_stat(struct seq_file *m, struct task_struct *task);
void proc_pid_status(struct seq_file *m, struct task_struct *task);
void proc_pid_statm(struct seq_file *m, struct task_struct *task);
void proc_pid_limits(struct seq_file *m, struct task_struct *task);

/* proc_pid_mounts - every process sees the same: what /proc/mounts shows (proc_system.c). */
void proc_pid_mounts(struct seq_file *m, struct task_struct *task);

#endif
