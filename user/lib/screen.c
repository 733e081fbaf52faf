/* A text that is shown again and again. */
#include <poll.h>
#include <screen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static bool changed;

void screen_begin(void)
{
	struct termios modes;

	if (tcgetattr(STDIN_FILENO, &before) < 0 || !isatty(STDOUT_FILENO))
		return;
	modes = before;
	modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	modes.c_cc[VMIN] = 1;
	modes.c_cc[VTIME] = 0;
	changed = tcsetattr(STDIN_FILENO, TCSADRAIN, &modes) == 0;
	if (changed)
		atexit(screen_end);
}

void screen_end(void)
{
	if (changed)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	changed = false;
}

void screen_clear(void)
{
	if (isatty(STDOUT_FILENO))
		fputs("\033[H\033[2J", stdout);
}

int screen_rows(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 1000;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_row)
		return 24;
	return size.ws_row;
}

bool screen_wait(int milliseconds)
{
	struct pollfd fd = {STDIN_FILENO, POLLIN, 0};
	char key;

	fflush(stdout);
	if (!changed) {
		usleep((useconds_t)milliseconds * 1000);
		return true;
	}
	if (poll(&fd, 1, milliseconds) <= 0)
		return true;
	return read(STDIN_FILENO, &key, 1) == 1 && key != 'q' && key != 3;
}
