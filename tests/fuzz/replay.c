/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What drives a target when libFuzzer does not: every input of its corpus, or those of the files
 * named as arguments.  A file *.lines holds one input a line, written as corpus.py writes it. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

/* Prints what runs before it runs: behind a crash the last line names the input. */
static void run(const char *path, unsigned line, const char *octets, size_t length)
{
    char *copy = fuzz_copy((struct fuzz_span){octets, length});

    printf("# %s:%u\n", path, line);
    fflush(stdout);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)copy, length);
    free(copy);
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *digit = c != '\0' ? strchr(digits, c) : NULL;

    return digit != NULL ? (int)(digit - digits) : -1;
}

/* Undo the escapes in the LENGTH octets of a LINE, in place: \n, \\ and \xHH.  False: no such
 * line can be. */
static bool unescape(char *line, size_t *length)
{
    size_t to = 0;

    for (size_t at = 0; at < *length; at++) {
        char c = line[at];

        if (c == '\\') {
            size_t left = *length - at;

            if (left >= 4 && line[at + 1] == 'x' && hex_digit(line[at + 2]) >= 0 &&
                hex_digit(line[at + 3]) >= 0) {
                c = (char)(hex_digit(line[at + 2]) << 4 | hex_digit(line[at + 3]));
                at += 3;
            } else if (left >= 2 && (line[at + 1] == 'n' || line[at + 1] == '\\')) {
                c = line[++at] == 'n' ? '\n' : '\\';
            } else {
                return false;
            }
        }
        line[to++] = c;
    }
    *length = to;
    return true;
}

static bool run_lines(const char *path, char *text, size_t length)
{
    struct fuzz_span rest = {text, length};

    for (unsigned number = 1; rest.length > 0; number++) {
        struct fuzz_span line = fuzz_take_line(&rest);
        char *octets = fuzz_copy(line);
        bool is_good = unescape(octets, &line.length);

        if (is_good)
            run(path, number, octets, line.length);
        free(octets);
        if (!is_good)
            return false;
    }
    return true;
}

/* The content of a file; free it.  NULL: it cannot be read. */
static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    long size = -1;
    char *text = NULL;

    if (file == NULL)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    if (size >= 0 && fseek(file, 0, SEEK_SET) == 0)
        text = malloc((size_t)size + 1);
    *length = (size_t)size;
    if (text != NULL && fread(text, 1, *length, file) != *length) {
        free(text);
        text = NULL;
    }
    fclose(file);
    return text;
}

static bool is_lines(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot != NULL && strcmp(dot, ".lines") == 0;
}

static bool replay(const char *path)
{
    size_t length = 0;
    char *text = read_file(path, &length);
    bool is_good = text != NULL;

    if (!is_good)
        perror(path);
    else if (is_lines(path))
        is_good = run_lines(path, text, length);
    else
        run(path, 1, text, length);
    free(text);
    return is_good;
}

static unsigned report(unsigned number, const char *path)
{
    bool is_good = replay(path);
    const char *name = strrchr(path, '/');

    printf("%s %u - %s\n", is_good ? "ok" : "not ok", number, name != NULL ? name + 1 : path);
    return is_good ? 0 : 1;
}

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Every file of FOLDER.  Returns how many failed; a corpus that is not there is a failure. */
static unsigned replay_folder(const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_input, alphasort);
    unsigned failed = 0;

    if (count <= 0) {
        printf("1..1\nnot ok 1 - no corpus in %s\n", folder);
        free(entries);
        return 1;
    }
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX];

        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        failed += report((unsigned)i + 1, path);
        free(entries[i]);
    }
    free(entries);
    printf("1..%d\n", count);
    return failed;
}

/* tests/fuzz/fuzz_NAME has its corpus in tests/fuzz/corpus/NAME. */
static unsigned replay_corpus(const char *program)
{
    const char *source = getenv("top_srcdir");
    const char *name = strrchr(program, '/');
    char folder[PATH_MAX - NAME_MAX - 1];

    name = name != NULL ? name + 1 : program;
    if (strncmp(name, "fuzz_", 5) == 0)
        name += 5;
    snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/%s", source != NULL ? source : ".", name);
    return replay_folder(folder);
}

int main(int argc, char **argv)
{
    unsigned failed = 0;

    if (argc < 2)
        return replay_corpus(argv[0]) > 0;
    for (int i = 1; i < argc; i++)
        failed += report((unsigned)i, argv[i]);
    printf("1..%d\n", argc - 1);
    return failed > 0;
}
