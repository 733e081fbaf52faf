/* What the terminals call and other rooms are about to bring: weak, so that theirs counts. */
#include "kernel/fs/chrdev.h"
#include "kernel/fs/poll.h"
#include "kernel/pid.h"
#include "kernel/signal.h"

#define __weak __attribute__((weak))

__weak void poll_wait(struct file *file, struct wait_queue_head *wq, struct poll_table *pt)
{
	(void)file;
	(void)wq;
	(void)pt;
}

__weak int register_chrdev(unsigned int major, unsigned int base, unsigned int count,
			   const char *name, const struct file_operations *fops)
{
	(void)base;
	(void)count;
	(void)name;
	(void)fops;
	return (int)major;
}

__weak int device_create(const char *name, u32 mode, dev_t dev)
{
	(void)name;
	(void)mode;
	(void)dev;
	return 0;
}

__weak int kill_pgrp(pid_t pgrp, int sig)
{
	(void)pgrp;
	(void)sig;
	return -ESRCH;
}

__weak bool is_orphaned_pgrp(pid_t pgrp)
{
	(void)pgrp;
	return false;
}

__weak pid_t session_of_pgrp(pid_t pgrp)
{
	(void)pgrp;
	return -1;
}
