/* Programs with their output caught; see program.h. */
#include "tests/kernel/program.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/printk.h"
#include "kernel/run.h"
#include "kernel/sched.h"
#include "kernel/signal_report.h"
#include "mm/fault_inject.h"
#include "mm/filemap.h"
#include "mm/slab.h"

#define COPY_SIZE 4096u

static ssize_t catch_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	struct program_run *run = file->private_data;
	size_t done = 0;

	(void)pos;
	while (done < count) {
		char piece[64];
		size_t len = min(count - done, sizeof(piece));
		size_t good = len - copy_from_user(piece, buf + done, len);

		for (size_t i = 0; i < good; i++, run->output_len++) {
			if (run->output_len < CATCH_SIZE - 1)
				run->output[run->output_len] = piece[i];
		}
		done += good;
		if (good < len)
			return done ? (ssize_t)done : -EFAULT;
	}
	return (ssize_t)done;
}

/* The process's last descriptor goes, in its own context: the end of the failures. */
static void catch_release(struct file *file)
{
	struct program_run *run = file->private_data;

	run->failed_one = fail_nth_hit();
	fail_nth_set(0);
}

static const struct file_operations catch_fops = {
	.write = catch_write,
	.release = catch_release,
};

/* Descriptors for the new process. Only what comes afterwards may be made to fail. */
static int catch_setup(void *ctx)
{
	static struct inode inode;
	struct program_run *run = ctx;
	struct file *file;
	int err;

	if (!inode.i_ino)
		inode_init(&inode, 0, NULL);
	file = file_alloc(&inode, FMODE_READ | FMODE_WRITE, &catch_fops, "catch");
	if (!file)
		return -ENOMEM;
	file->private_data = run;
	err = open_descriptors(file);
	fput(file);
	if (!err && run->before)
		err = run->before();
	if (!err && run->fail_nth)
		fail_nth_set(run->fail_nth);
	return err;
}

static int run_file(struct program_run *run, struct file *file)
{
	static const char *const no_env[] = {NULL};
	const struct program program = {
		.file = file,
		.argv = run->argv,
		.envp = run->envp ? run->envp : no_env,
		.setup = catch_setup,
		.ctx = run,
	};

	return run_program_file(&program);
}

/* Programs may run at once: the first one makes it quiet, the last one loud again. */
static unsigned int quiet_runs;
static int loglevel;

static void begin_quiet(void)
{
	if (!quiet_runs++)
		loglevel = console_loglevel;
	console_loglevel = 5;
}

static void end_quiet(void)
{
	if (!--quiet_runs)
		console_loglevel = loglevel;
}

struct file *open_program(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/boot/%s", name);
	return open_exec(path); /* as a running program: nobody writes to it */
}

int program_run(struct program_run *run)
{
	struct file *file = run->file ? get_file(run->file) : open_program(run->argv[0]);
	unsigned long faults = current->cmin_flt + current->cmaj_flt;
	u64 pos = log_end();

	if (IS_ERR(file))
		return run->status = (int)PTR_ERR(file);
	run->output_len = 0;
	memset(run->output, 0, sizeof(run->output));
	signal_report_limit.printed = 0; /* its line is looked for */
	begin_quiet();
	run->status = run_file(run, file);
	end_quiet();
	run->log[log_read(&pos, run->log, sizeof(run->log) - 1)] = 0;
	run->faults = current->cmin_flt + current->cmaj_flt - faults;
	fput(file);
	return run->status;
}

struct program_run *program_run_alloc(const char *name, const char *arg1, const char *arg2)
{
	struct program_run *run = kzalloc(sizeof(*run), GFP_KERNEL);

	if (run) {
		run->argv[0] = name;
		run->argv[1] = arg1;
		run->argv[2] = arg1 ? arg2 : NULL;
	}
	return run;
}

int run_quietly(const char *name, const char *arg1, const char *arg2)
{
	struct program_run *run = program_run_alloc(name, arg1, arg2);
	int status = run ? program_run(run) : -ENOMEM;

	kfree(run);
	return status;
}

static int copy_file(struct file *from, struct file *to)
{
	char *buf = kmalloc(COPY_SIZE, GFP_KERNEL);
	loff_t pos = 0;
	ssize_t n = -ENOMEM;

	while (buf) {
		n = kernel_read(from, pos, buf, COPY_SIZE);
		if (n <= 0)
			break;
		n = kernel_write(to, pos, buf, (size_t)n);
		if (n <= 0)
			break;
		pos += n;
	}
	kfree(buf);
	return (int)min(n, (ssize_t)0);
}

int install_program(const char *name, const char *path)
{
	struct file *from = open_program(name), *to;
	int err;

	if (IS_ERR(from))
		return (int)PTR_ERR(from);
	to = filp_open(path, O_CREAT | O_TRUNC | O_WRONLY, 0755);
	err = IS_ERR(to) ? (int)PTR_ERR(to) : copy_file(from, to);
	if (!IS_ERR(to))
		fput(to);
	fput(from);
	return err;
}

int install_text(const char *text, const char *path)
{
	struct file *to = filp_open(path, O_CREAT | O_TRUNC | O_WRONLY, 0755);
	ssize_t n;

	if (IS_ERR(to))
		return (int)PTR_ERR(to);
	n = kernel_write(to, 0, text, strlen(text));
	fput(to);
	return (int)min(n, (ssize_t)0);
}

int remove_program(const char *path)
{
	return do_unlinkat(AT_FDCWD, path);
}
