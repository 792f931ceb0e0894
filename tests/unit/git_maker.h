/* git_maker.h - small bare repositories for tests, made of blobs by libgit2: no git program, no network. */
#ifndef GIT_MAKER_H
#define GIT_MAKER_H

#include <git2.h>
#include <stdio.h>
#include <string.h>

#define MAKE(call)                                                                                                                                   \
    do {                                                                                                                                             \
        if ((call) < 0) {                                                                                                                            \
            print_error("%s: %s\n", #call, git_error_last() ? git_error_last()->message : "?");                                                      \
            abort();                                                                                                                                 \
        }                                                                                                                                            \
    } while (0)

struct made_file {
    const char *path;
    const char *text; /* NULL takes the file away */
    unsigned mode;    /* 0: a plain file */
};

/* Commits `files` on top of `parent` (NULL: none) and points `ref` at it. */
static void make_commit(git_repository *repo, const char *ref, const git_oid *parent, const struct made_file *files, git_oid *out) {
    git_index *index;
    git_oid tree_id;
    git_tree *tree;
    git_commit *before = NULL;
    git_signature *who;
    MAKE(git_index_new(&index));
    if (parent) {
        MAKE(git_commit_lookup(&before, repo, parent));
        MAKE(git_commit_tree(&tree, before));
        MAKE(git_index_read_tree(index, tree));
        git_tree_free(tree);
    }
    for (; files->path; files++) {
        git_index_entry entry = {.path = files->path, .mode = files->mode ? files->mode : GIT_FILEMODE_BLOB};
        if (!files->text) {
            MAKE(git_index_remove(index, files->path, 0));
            continue;
        }
        MAKE(git_blob_create_from_buffer(&entry.id, repo, files->text, strlen(files->text)));
        MAKE(git_index_add(index, &entry));
    }
    MAKE(git_index_write_tree_to(&tree_id, index, repo));
    MAKE(git_tree_lookup(&tree, repo, &tree_id));
    MAKE(git_signature_new(&who, "ana", "ana@example.com", 1767225600, 0));
    const git_commit *parents[] = {before};
    MAKE(git_commit_create(out, repo, NULL, who, who, NULL, "change", tree, before ? 1 : 0, parents));
    git_reference *made;
    MAKE(git_reference_create(&made, repo, ref, out, 1, NULL));
    git_reference_free(made);
    git_signature_free(who);
    git_tree_free(tree);
    git_commit_free(before);
    git_index_free(index);
}

#endif
