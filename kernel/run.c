/*
 * Programs that the kernel starts.
 *
 * Those of the tests, and the one that the kernel carries inside itself, run as children of a
 * kernel thread: a new task gets its descriptors, execs, and leaves to user mode; who started it
 * sleeps until it has ended.
 *
 * The first program of a whole system is different: pid 1 becomes that program itself, and whatever
 * loses its parent becomes its child. So when it ends, there is nobody left to go on with.
 */
#include "kernel/run.h"

#include "kernel/exec.h"
#include "kernel/exit.h"
#include "kernel/fork.h"
#include "kernel/fs/bootfile.h"
#include "kernel/fs/console_file.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/fs/namei.h"
#include "kernel/fs/root.h"
#include "kernel/fs/super.h"
#include "kernel/lib/err.h"
#include "kernel/options.h"
#include "kernel/panic.h"
#include "kernel/power.h"
#include "kernel/printk.h"
#include "kernel/task.h"

static const char *init_name; /* init= */
static bool tests_passed;

/* What the starter tells the new task, and is told: it lives on the stack of the former. */
struct start {
	const struct program *program;
	int err;
};

int open_descriptors(struct file *file)
{
	current->files = files_alloc();
	if (!current->files)
		return -ENOMEM;
	for (int i = 0; i < 3; i++)
		fd_install(get_file(file)); /* a new table has room */
	return 0;
}

/* The terminal, where there is one; else what the kernel itself prints on. */
static int open_console(void *ctx)
{
	struct file *file = filp_open("/dev/console", O_RDWR, 0);
	int err;

	(void)ctx;
	if (IS_ERR(file))
		file = console_open();
	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	err = open_descriptors(file);
	fput(file);
	return err;
}

/* A place in the tree of files: the root. */
static int open_root(void)
{
	if (!current->fs)
		current->fs = copy_fs(NULL);
	return current->fs ? 0 : -ENOMEM;
}

/* The first words of the new task. If it comes back from exec, it leaves to user mode. */
static int begin(void *arg)
{
	struct start *start = arg;
	const struct program *p = start->program;

	start->err = become_process(true);
	if (!start->err)
		start->err = open_root();
	if (!start->err)
		start->err = p->setup(p->ctx);
	if (!start->err)
		start->err = kernel_execve(p->file, p->argv, p->envp, task_pt_regs(current));
	if (start->err)
		do_exit(W_EXITCODE(127));
	return 0;
}

int run_program_file(const struct program *program)
{
	struct start start = {.program = program};
	struct task_struct *task = task_create(program->argv[0], begin, &start, current);
	int status;

	if (IS_ERR(task))
		return (int)PTR_ERR(task);
	wake_up_process(task);
	status = task_wait(task);
	return start.err ? start.err : status;
}

int run_program(const char *name, const char *const argv[], const char *const envp[])
{
	struct program program = {.argv = argv, .envp = envp, .setup = open_console};
	int status;

	program.file = bootfile_open(name);
	if (IS_ERR(program.file))
		return (int)PTR_ERR(program.file);
	status = run_program_file(&program);
	fput(program.file);
	return status;
}

/* ------------------------------------------------------------ the first program */

static const char *const init_envp[] = {"HOME=/", "TERM=linux", NULL};

static void report_end(const char *name, int status)
{
	if (status < 0)
		pr_err("init: cannot run %s: error %d\n", name, -status);
	else if (status & 0x7f)
		pr_info("init: %s was ended by signal %d\n", name, status & 0x7f);
	else
		pr_info("init: %s ended with status %d\n", name, status >> 8);
}

static void finish(bool passed) __noreturn;
static void finish(bool passed)
{
	remount_supers_readonly();
	machine_finish(passed && tests_passed ? FINISH_PASSED : FINISH_FAILED);
}

/* A program out of the kernel image or from the loader, and then the end. */
static void run_boot_program(const char *name) __noreturn;
static void run_boot_program(const char *name)
{
	const char *const argv[] = {name, NULL};
	int status = run_program(name, argv, init_envp);

	report_end(name, status);
	finish(status == 0);
}

/* 0: this task is the program now. */
static int exec_init(const char *path)
{
	const char *const argv[] = {path, NULL};
	struct file *file = open_exec(path);
	int err;

	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	err = kernel_execve(file, argv, init_envp, task_pt_regs(current));
	fput(file);
	if (err)
		report_end(path, err);
	return err;
}

/* What this task needs to be a process; it is pid 1 and everybody's last parent from then on. */
static void become_init(void)
{
	int err = become_process(false);

	if (!err)
		err = open_root();
	if (!err)
		err = open_console(NULL);
	if (err)
		panic("Too little memory: init cannot be started");
	current->signal->flags |= SIGNAL_UNKILLABLE;
	child_reaper = current;
	current->signal->flags |= SIGNAL_UNKILLABLE;
}

static bool is_program(const char *path)
{
	struct file *file = open_exec(path);

	if (IS_ERR(file))
		return false;
	fput(file);
	return true;
}

/* The usual places; NULL: there is none. */
static const char *find_init(void)
{
	static const char *const places[] = {"/sbin/init", "/init", "/bin/sh"};

	for (unsigned int i = 0; i < ARRAY_SIZE(places); i++)
		if (is_program(places[i]))
			return places[i];
	return NULL;
}

static bool has_init(void)
{
	return init_name ? is_program(init_name) : find_init() != NULL;
}

void run_init(bool passed, bool tests_wanted)
{
	const char *path = init_name;

	tests_passed = passed;
	if (!path && tests_wanted && autoexit_enabled())
		finish(true);
	if (path && *path != '/')
		run_boot_program(path);
	root_mount(has_init);
	if (!path)
		path = find_init();
	if (!path)
		run_boot_program("segments");
	become_init();
	if (exec_init(path))
		panic("No working init: %s cannot be run. Try the boot option init=", path);
	init_name = path;
}

void init_has_ended(int status)
{
	report_end(init_name, status);
	if (autoexit_enabled())
		finish(status == 0);
	panic("Attempted to kill init! exitcode=0x%08x", (unsigned int)status);
}

static int set_init(const char *value)
{
	if (!value || !*value)
		return -EINVAL;
	init_name = value;
	return 0;
}
BOOT_OPTION("init", set_init);
