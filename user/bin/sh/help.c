/* help: what there is to type, a line for each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sh.h"

static const struct {
	const char *name, *text;
} programs[] = {
	{"blockdev", "--getsize64|--getro|... DEVICE: ask a disk"},
	{"calculators", "example: three processes, one address, three values"},
	{"cat", "FILE...: print files"},
	{"chmod", "MODE FILE...: change permissions"},
	{"cksum", "[FILE...]: sums over files, as POSIX has them"},
	{"clear", "clear the screen"},
	{"cmp", "[-s] FILE FILE: where do two files differ?"},
	{"coldstart", "[FOLDER]: example: a program is not read when it starts"},
	{"cow", "example: copy-on-write after fork, frame by frame"},
	{"cp", "[-r] FROM... TO: copy files"},
	{"date", "print the date (UTC)"},
	{"dd", "[if=FILE] [of=FILE] [bs=N] [count=N]...: copy in blocks"},
	{"df", "[-h] [PATH...]: the room on file systems"},
	{"dmesg", "print the kernel's log"},
	{"du", "[-ahs] [PATH...]: the room that files take"},
	{"echo", "[-n] WORD...: print the words"},
	{"env", "[NAME=VALUE...] [COMMAND]: print or change the environment"},
	{"false", "fail"},
	{"free", "[-k|-m|-h]: memory in use and free"},
	{"grep", "[-ivnclq] PATTERN [FILE...]: print the lines that match"},
	{"growstack", "example: a stack grows by page faults, down to its limit"},
	{"halt", "halt the machine"},
	{"head", "[-n N] [FILE...]: print the first lines"},
	{"heap", "example: malloc by brk and by mmap"},
	{"hexdump", "[-C] [-n N] [-s N] [FILE]: print bytes in hexadecimal"},
	{"init", "the first process: mounts, starts the shell, reaps orphans"},
	{"kill", "[-SIGNAL] PID...: send a signal"},
	{"lazy", "example: memory comes at the first touch"},
	{"ln", "[-s] FROM TO: give a file another name"},
	{"ls", "[-alihd1] [FILE...]: list files"},
	{"mkdir", "[-p] DIRECTORY...: make directories"},
	{"mkfifo", "NAME...: make pipes with names"},
	{"mknod", "NAME b|c MAJOR MINOR: make the node of a device"},
	{"mmapfile", "example: two processes meet in a file mapping"},
	{"mount", "[-t TYPE] [-o OPTIONS] [SOURCE TARGET]: mount; alone: list"},
	{"mv", "FROM... TO: rename or move files"},
	{"pmap", "[-x] PID: the regions of a process"},
	{"poweroff", "end everything and switch the machine off"},
	{"printf", "FORMAT WORD...: print the words in a format"},
	{"protect", "example: what the processor forbids, and the signal for it"},
	{"ps", "list processes and their memory"},
	{"pwd", "print the directory we are in"},
	{"randstring", "[-v]: example: every piece of memory of a small program"},
	{"reboot", "start the machine again"},
	{"regions", "example: areas merge and split"},
	{"rm", "[-rf] FILE...: remove files"},
	{"rmdir", "DIRECTORY...: remove empty directories"},
	{"segments", "example: where the parts of a program lie"},
	{"seq", "[FIRST [STEP]] LAST: print numbers"},
	{"sh", "[FILE | -c TEXT]: this shell"},
	{"sharedcode", "example: the code of two running copies is in memory once"},
	{"slabtop", "the kernel's object caches by size"},
	{"sleep", "SECONDS: wait"},
	{"sort", "[-rnu] [FILE...]: print the lines in order"},
	{"stat", "FILE...: what is known of a file"},
	{"sync", "[-d|-f] [FILE...]: write what is still in memory"},
	{"tables", "example: page-table pages of sparse and dense programs"},
	{"tail", "[-n N] [FILE...]: print the last lines"},
	{"tee", "[-a] FILE...: copy input to output and to files"},
	{"test", "CONDITION: -e FILE, A = B, N -lt M, ..."},
	{"time", "COMMAND: how long it takes, and its page faults"},
	{"top", "[-b] [-n N] [-d S]: processes by processor time, again and again"},
	{"touch", "FILE...: make files, or set their times"},
	{"true", "succeed"},
	{"umount", "[-l] TARGET...: unmount"},
	{"uname", "[-a]: the names of the system"},
	{"uptime", "how long the system runs, and its load"},
	{"vmstat", "[SECONDS [COUNT]]: memory, faults, and processor time"},
	{"wc", "[-lwc] [FILE...]: count lines, words, bytes"},
	{"writeback", "[FILE]: example: what is stored into memory survives a reboot"},
};

struct names {
	const char **list; /* in the order of the command's memory */
	int count, room;
};

static void collect(const char *name, void *arg)
{
	struct names *names = arg;

	if (names->count == names->room) {
		int room = 2 * names->room + 64;
		const char **more = grab((size_t)room * sizeof(*more));

		if (names->count)
			memcpy(more, names->list, (size_t)names->count * sizeof(*more));
		names->list = more;
		names->room = room;
	}
	names->list[names->count++] = grab_string(name, strlen(name));
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *text_of(const char *name)
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (!strcmp(programs[i].name, name))
			return programs[i].text;
	}
	return NULL;
}

/* Only what is really there is listed. */
static void list_programs(void)
{
	struct names names = {0};
	int others = 0;

	each_command(collect, &names);
	qsort(names.list, (size_t)names.count, sizeof(*names.list), by_name);
	for (int i = 0; i < names.count; i++) {
		const char *text = text_of(names.list[i]);

		if (i && !strcmp(names.list[i], names.list[i - 1]))
			continue;
		if (text)
			printf("  %-12s %s\n", names.list[i], text);
		else
			others++;
	}
	if (others)
		printf("  and %d other programs along PATH\n", others);
}

int builtin_help(int argc, char **argv)
{
	int result = argc > 1;

	for (int i = 1; i < argc; i++) {
		const struct builtin *b = builtin_find(argv[i]);
		const char *text = b ? b->help : text_of(argv[i]);

		if (text) {
			printf("  %-12s %s\n", argv[i], text);
			result = 0;
		}
	}
	if (argc > 1)
		return result;
	printf("Inside the shell:\n");
	for (const struct builtin *b = builtins; b->name; b++)
		printf("  %-12s %s\n", b->name, b->help);
	printf("Programs:\n");
	list_programs();
	return 0;
}
