/* date [+FORMAT] - print the date (UTC). */
#include <stdio.h>
#include <time.h>

int main(int argc, char **argv)
{
	time_t now = time(NULL);
	char text[200];

	strftime(text, sizeof(text),
		 argc > 1 && argv[1][0] == '+' ? argv[1] + 1 : "%a %b %e %T UTC %Y", gmtime(&now));
	puts(text);
	return 0;
}
