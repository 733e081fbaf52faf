/*
 * The environment: a vector of "NAME=value" that ends with NULL. At the start it lies on the
 * stack, where the kernel put it; the first change copies the vector to the heap. A value that
 * setenv() made and that goes is freed; one of the kernel's or of putenv() is only left behind.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **vector; /* environ, once it is ours */
static size_t room;
static char **made; /* the definitions that setenv() made */
static size_t made_count;

/* The entry of a name, or the NULL at the end. */
static char **find(const char *name, size_t len)
{
	char **var = environ;

	for (; *var; var++) {
		if (!strncmp(*var, name, len) && (*var)[len] == '=')
			break;
	}
	return var;
}

char *getenv(const char *name)
{
	size_t len = strlen(name);
	char *var = *find(name, len);

	return var ? var + len + 1 : NULL;
}

static void forget(char *definition)
{
	for (size_t i = 0; i < made_count; i++) {
		if (made[i] == definition) {
			free(definition);
			made[i] = made[--made_count];
			return;
		}
	}
}

static int remember(char *definition)
{
	char **more = realloc(made, (made_count + 1) * sizeof(*made));

	if (!more)
		return -1;
	made = more;
	made[made_count++] = definition;
	return 0;
}

/* A vector of our own with room for one more entry. */
static int make_room(void)
{
	size_t count = 0;
	char **more;
	bool ours;

	while (environ[count])
		count++;
	if (environ == vector && count + 2 <= room)
		return 0;
	ours = environ == vector;
	more = realloc(vector, (2 * count + 8) * sizeof(*more));
	if (!more)
		return -1;
	if (!ours)
		memcpy(more, environ, (count + 1) * sizeof(*more));
	environ = vector = more;
	room = 2 * count + 8;
	return 0;
}

int putenv(char *definition)
{
	char **var;

	if (!strchr(definition, '='))
		return unsetenv(definition);
	if (make_room())
		return -1;
	var = find(definition, strcspn(definition, "="));
	if (*var)
		forget(*var);
	else
		var[1] = NULL;
	*var = definition;
	return 0;
}

int setenv(const char *name, const char *value, int overwrite)
{
	size_t len = strlen(name);
	char *definition;

	if (!len || strchr(name, '=')) {
		errno = EINVAL;
		return -1;
	}
	if (!overwrite && getenv(name))
		return 0;
	definition = malloc(len + strlen(value) + 2);
	if (!definition)
		return -1;
	strcpy(stpcpy(stpcpy(definition, name), "="), value);
	if (remember(definition)) {
		free(definition);
		return -1;
	}
	if (putenv(definition)) {
		forget(definition);
		return -1;
	}
	return 0;
}

int unsetenv(const char *name)
{
	size_t len = strlen(name);
	char **var;

	if (!len || strchr(name, '=')) {
		errno = EINVAL;
		return -1;
	}
	while (*(var = find(name, len))) {
		forget(*var);
		for (; *var; var++)
			*var = var[1];
	}
	return 0;
}

int clearenv(void)
{
	static char *empty[1];

	while (made_count)
		forget(made[0]);
	environ = empty;
	return 0;
}
