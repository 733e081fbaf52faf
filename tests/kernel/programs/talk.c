/*
 * talk - somebody to talk to on a terminal, for tests/system/test_tty.py. It says what each line
 * was that it read, and knows a few words:
 *
 *	raw	show each byte as a number, until a 'q'
 *	bulk N	read N bytes, slowly at first, and tell their checksum
 *	show TEXT	write TEXT, in which ~ stands for ESC, and no newline
 *	log	have the kernel log a line (by a system call that does not exist)
 *	quit
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

static struct termios normal;

static void set_raw(int min)
{
	struct termios raw = normal;

	raw.c_iflag = 0;
	raw.c_lflag = 0;
	raw.c_cc[VMIN] = (cc_t)min;
	tcsetattr(0, TCSANOW, &raw);
}

static void be_raw(void)
{
	unsigned char c = 0;

	set_raw(1);
	printf("raw:\n");
	fflush(stdout);
	while (c != 'q' && read(0, &c, 1) == 1) {
		printf(" %02x", c);
		fflush(stdout);
	}
	tcsetattr(0, TCSANOW, &normal);
	printf(" done\n");
}

static void pause_a_while(void)
{
	for (volatile unsigned long i = 0; i < 30000000; i++)
		;
}

static void read_bulk(unsigned long total)
{
	static unsigned char buf[512];
	unsigned long sum = 0, done = 0;

	set_raw(1);
	printf("bulk: ready\n");
	fflush(stdout);
	pause_a_while(); /* what comes meanwhile must wait somewhere */
	while (done < total) {
		ssize_t n = read(0, buf, sizeof(buf));

		if (n <= 0)
			break;
		for (ssize_t i = 0; i < n; i++)
			sum = sum * 31 + buf[i];
		done += (unsigned long)n;
	}
	tcsetattr(0, TCSANOW, &normal);
	printf("bulk: %lu bytes, sum %lu\n", done, sum);
}

static void show(char *text)
{
	for (char *c = text; *c; c++) {
		if (*c == '~')
			*c = '\033';
	}
	write(1, text, strlen(text));
}

int main(void)
{
	static char line[4096];
	ssize_t n;

	tcgetattr(0, &normal);
	printf("talk: ready\n");
	for (;;) {
		fflush(stdout);
		n = read(0, line, sizeof(line) - 1);
		if (n <= 0)
			break;
		line[n] = 0;
		line[strcspn(line, "\n")] = 0;
		if (!strcmp(line, "raw"))
			be_raw();
		else if (!strncmp(line, "bulk ", 5))
			read_bulk(strtoul(line + 5, NULL, 10));
		else if (!strncmp(line, "show ", 5))
			show(line + 5);
		else if (!strcmp(line, "log"))
			syscall(251);
		else if (!strcmp(line, "quit"))
			break;
		else
			printf("read %ld: <%s>\n", (long)n, line);
	}
	printf("talk: end of file or quit\n");
	return 0;
}
