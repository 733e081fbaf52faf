/*
 * args WORD... - what a program finds on its stack at the start. It is called as
 * "args one two", with "A=1" and "B=two words" in the environment. Exit status 0 or a line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#define CHECK(condition)                                                     \
	do {                                                                 \
		if (!(condition)) {                                          \
			printf("args: line %d: %s\n", __LINE__, #condition); \
			exit(1 + __LINE__ % 251);                            \
		}                                                            \
	} while (0)

extern char _start[];

static int zero_bss[3000];

int main(int argc, char **argv, char **envp)
{
	const Elf32_Phdr *ph = (const Elf32_Phdr *)getauxval(AT_PHDR);
	const unsigned char *random = (const unsigned char *)getauxval(AT_RANDOM);
	const char *execfn = (const char *)getauxval(AT_EXECFN);
	unsigned long *entry_esp = (unsigned long *)argv - 1;
	unsigned int loads = 0, any = 0;

	CHECK(argc == 3 && *entry_esp == 3);
	CHECK(((unsigned long)entry_esp & 15) == 0);
	CHECK(!strcmp(argv[0], "args") && !strcmp(argv[1], "one") && !strcmp(argv[2], "two"));
	CHECK(!argv[3] && envp == argv + 4 && envp == environ);
	CHECK(!strcmp(envp[0], "A=1") && !strcmp(envp[1], "B=two words") && !envp[2]);
	CHECK(!strcmp(getenv("B"), "two words") && !getenv("C"));
	CHECK(argv[0] < argv[1] && argv[2] < envp[0]);

	CHECK(getauxval(AT_PAGESZ) == 4096 && getauxval(AT_CLKTCK) == 100);
	CHECK(getauxval(AT_ENTRY) == (unsigned long)_start);
	CHECK(getauxval(AT_PHENT) == sizeof(*ph) && getauxval(AT_BASE) == 0);
	for (unsigned int i = 0; i < getauxval(AT_PHNUM); i++)
		loads += ph[i].p_type == PT_LOAD;
	CHECK(loads >= 2);
	CHECK(getauxval(AT_UID) == 0 && getauxval(AT_SECURE) == 0);
	CHECK(!strcmp(execfn + (*execfn == '/'), "args"));
	CHECK(strlen((char *)getauxval(AT_PLATFORM)) == 4);
	for (int i = 0; i < 16; i++)
		any |= random[i];
	CHECK(any);
	for (int i = 0; i < 3000; i++)
		CHECK(!zero_bss[i]);
	return 0;
}
