/* Names that nobody has yet. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES 100

/* Six random letters instead of XXXXXX. */
static char *fill_in(char *template)
{
	size_t len = strlen(template);
	unsigned char bytes[6];

	if (len < 6 || strcmp(template + len - 6, "XXXXXX")) {
		errno = EINVAL;
		return NULL;
	}
	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return NULL;
	for (int i = 0; i < 6; i++)
		template[len - 6 + (size_t)i] = (char)('a' + bytes[i] % 26);
	return template;
}

/* The template becomes XXXXXX again for another try. */
static void clear(char *template)
{
	memset(template + strlen(template) - 6, 'X', 6);
}

int mkstemp(char *template)
{
	for (int i = 0; i < TRIES && fill_in(template); i++) {
		int fd = open(template, O_RDWR | O_CREAT | O_EXCL, 0600);

		if (fd >= 0 || errno != EEXIST)
			return fd;
		clear(template);
	}
	return -1;
}

char *mkdtemp(char *template)
{
	for (int i = 0; i < TRIES && fill_in(template); i++) {
		if (!mkdir(template, 0700))
			return template;
		if (errno != EEXIST)
			return NULL;
		clear(template);
	}
	return NULL;
}
