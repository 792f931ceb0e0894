/* test_clone.c - mirrors, comparisons, trees and working trees over repositories made here. */
#include "unit.h"

#include "clone.h"
#include "clone_git.h"
#include "fake_http.h"
#include "fs.h"
#include "git_maker.h"
#include "github.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena *arena;
static char folder[64];
static git_repository *origin;
static git_oid base, tip, head;
static struct clone_config config;

static const struct made_file first[] = {
    {"models/a.sql", "select 1\nfrom t\nwhere x\n", 0},
    {"models/b.sql", "select b1, b2, b3\nfrom a_rather_long_name\nwhere one = 1\nand two = 2\n", 0},
    {"models/gone.sql", "select gone\n", 0},
    {".parley.yml", "version: 1\n", 0},
    {"docs/CODEOWNERS", "* @docs\n", 0},
    {NULL, NULL, 0},
};
static const struct made_file second[] = {
    {"models/a.sql", "select 1\nfrom main_moved\nwhere x\n", 0}, {".github/CODEOWNERS", "* @acme/eng\n", 0}, {NULL, NULL, 0}};
static const struct made_file third[] = {
    {"models/a.sql", "select 1\nfrom t\nwhere y\nand z\n", 0},
    {"models/gone.sql", NULL, 0},
    {"models/b.sql", NULL, 0},
    {"models/c.sql", "select b1, b2, b3\nfrom a_rather_long_name\nwhere one = 1\nand two = 3\n", 0},
    {"models/new.sql", "select 2\n", 0},
    {"link.sql", "/etc/passwd", GIT_FILEMODE_LINK},
    {".parley.yml", "version: 666\n", 0},
    {NULL, NULL, 0},
};

static int begin(void **state) {
    arena = arena_create((size_t)256 << 20);
    clone_git_begin();
    snprintf(folder, sizeof folder, "/tmp/parley-clone-XXXXXX");
    assert_non_null(mkdtemp(folder));
    const char *where = arena_printf(arena, "%s/git/acme/dw.git", folder);
    assert_null(fs_make_dirs(arena_printf(arena, "%s/git/acme", folder)));
    MAKE(git_repository_init(&origin, where, 1));
    make_commit(origin, "refs/heads/main", NULL, first, &base);
    make_commit(origin, "refs/heads/main", &base, second, &tip);
    make_commit(origin, "refs/pull/7/head", &base, third, &head);
    config = (struct clone_config){.mirrors = arena_printf(arena, "%s/mirrors", folder), .git_base = arena_printf(arena, "%s/git", folder)};
    return 0;
}

static int unlink_one(const char *path, const struct stat *st, int kind, struct FTW *ftw) { return remove(path); }
static int end(void **state) {
    git_repository_free(origin);
    arena_destroy(arena);
    return nftw(folder, unlink_one, 16, FTW_DEPTH | FTW_PHYS);
}

static const struct clone_file *file_of(const struct clone_change *change, const char *path) {
    for (size_t i = 0; i < change->count; i++) {
        if (strcmp(change->files[i].path, path) == 0) return &change->files[i];
    }
    return NULL;
}

static void check_change(const struct clone_change *change) {
    assert_string_equal(change->merge_base, clone_git_hex(arena, &base));
    assert_string_equal(change->target_sha, clone_git_hex(arena, &tip));
    assert_string_equal(change->head_sha, clone_git_hex(arena, &head));
    assert_int_equal(change->count, 5);
    assert_string_equal(change->files[0].path, ".parley.yml");
    const struct clone_file *a = file_of(change, "models/a.sql"), *c = file_of(change, "models/c.sql");
    assert_int_equal(a->status, CLONE_MODIFIED);
    assert_string_equal(a->before.bytes.p, "select 1\nfrom t\nwhere x\n");
    assert_string_equal(a->after.bytes.p, "select 1\nfrom t\nwhere y\nand z\n");
    assert_true(diff_lines_added(&a->lines, 3));
    assert_true(diff_lines_added(&a->lines, 4));
    assert_true(diff_lines_new(&a->lines, 1));
    assert_false(diff_lines_added(&a->lines, 1));
    assert_int_equal(c->status, CLONE_RENAMED);
    assert_string_equal(c->old_path, "models/b.sql");
    assert_int_equal(file_of(change, "models/gone.sql")->status, CLONE_REMOVED);
    assert_false(file_of(change, "models/gone.sql")->after.present);
    assert_int_equal(file_of(change, "models/new.sql")->status, CLONE_ADDED);
    assert_null(file_of(change, "link.sql"));
}

static void a_pull_request_is_compared_with_its_merge_base(void **state) {
    struct clone_change change;
    struct clone_pull pull = {.repo = "acme/dw", .number = 7, .base_ref = "main", .head_sha = clone_git_hex(arena, &head)};
    assert_null(clone_pull_open(arena, &config, &pull, &change));
    check_change(&change);
    assert_null(clone_pull_open(arena, &config, &pull, &change)); /* again, from the mirror */
    check_change(&change);
}

static void settings_and_owners_come_from_the_target(void **state) {
    struct clone_change change;
    struct clone_pull pull = {.repo = "acme/dw", .number = 7, .base_ref = "main"};
    assert_null(clone_pull_open(arena, &config, &pull, &change));
    const char *path;
    struct str bytes;
    assert_null(clone_settings(arena, &change.target, &path, &bytes));
    assert_string_equal(bytes.p, "version: 1\n");
    assert_null(clone_codeowners(arena, &change.target, &path, &bytes));
    assert_string_equal(path, ".github/CODEOWNERS");
    assert_null(clone_codeowners(arena, &change.base, &path, &bytes));
    assert_string_equal(path, "docs/CODEOWNERS");
}

static void trees_list_plain_files_and_read_them(void **state) {
    struct clone_tree tree;
    assert_null(clone_branch_open(arena, &config, "acme/dw", "main", &tree));
    assert_int_equal(tree.count, 6);
    for (size_t i = 1; i < tree.count; i++) assert_true(strcmp(tree.paths[i - 1], tree.paths[i]) < 0);
    struct str bytes;
    assert_null(clone_tree_get(&tree, arena, "models/a.sql", &bytes));
    assert_string_equal(bytes.p, "select 1\nfrom main_moved\nwhere x\n");
    assert_int_equal(clone_tree_get(&tree, arena, "../x", &bytes)->kind, ERR_INPUT);
    assert_true(clone_tree_has(&tree, "models/gone.sql"));
    assert_false(clone_tree_has(&tree, "models"));
}

static void heads_that_are_not_there_yet_are_for_later(void **state) {
    struct clone_change change;
    struct clone_pull pull = {.repo = "acme/dw", .number = 7, .base_ref = "main", .head_sha = "0123456789012345678901234567890123456789"};
    assert_int_equal(clone_pull_open(arena, &config, &pull, &change)->kind, ERR_RETRY);
    pull.head_sha = "main";
    assert_int_equal(clone_pull_open(arena, &config, &pull, &change)->kind, ERR_INPUT);
    pull = (struct clone_pull){.repo = "acme/dw", .number = 7, .base_ref = "a..b"};
    assert_int_equal(clone_pull_open(arena, &config, &pull, &change)->kind, ERR_INPUT);
    pull = (struct clone_pull){.repo = "acme/../dw", .number = 7, .base_ref = "main"};
    assert_int_equal(clone_pull_open(arena, &config, &pull, &change)->kind, ERR_INPUT);
}

static void fetches_are_bounded(void **state) {
    struct clone_config small = config;
    small.mirrors = arena_printf(arena, "%s/small", folder);
    small.max_bytes = 10;
    git_oid big;
    static char text[200001];
    for (size_t i = 0; i < 200000; i++) text[i] = (char)('a' + (i * i * 7919 >> 7) % 26);
    make_commit(origin, "refs/pull/8/head", &base, (struct made_file[]){{"big.sql", text, 0}, {NULL, NULL, 0}}, &big);
    struct clone_change change;
    struct clone_pull pull = {.repo = "acme/dw", .number = 8, .base_ref = "main"};
    const struct err *e = clone_pull_open(arena, &small, &pull, &change);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_REFUSED);
    assert_null(clone_pull_open(arena, &config, &pull, &change));
    assert_int_equal(change.count, 1);
}

static void mirrors_are_kept_tidy(void **state) {
    struct clone_change change;
    struct clone_pull pull = {.repo = "acme/dw", .number = 7, .base_ref = "main"};
    const char *mirror = arena_printf(arena, "%s/local/acme/dw.git", config.mirrors), *packs = arena_printf(arena, "%s/objects/pack", mirror);
    assert_null(fs_write(arena_printf(arena, "%s/pack_git2_left", packs), "x", 1));
    assert_null(clone_pull_open(arena, &config, &pull, &change));
    assert_false(fs_exists(arena_printf(arena, "%s/pack_git2_left", packs)));
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 401; i++) assert_null(fs_write(arena_printf(arena, "%s/pack-%d.pack", packs, i), "x", 1));
        assert_null(clone_pull_open(arena, &config, &pull, &change));
        assert_true(fs_exists(arena_printf(arena, "%s.aside/HEAD", mirror)));
        assert_false(fs_exists(arena_printf(arena, "%s/pack-1.pack", packs)));
        check_change(&change);
    }
}

static void local_work_counts_before_it_is_committed(void **state) {
    git_repository *work;
    const char *dir = arena_printf(arena, "%s/work", folder);
    MAKE(git_repository_init(&work, dir, 0));
    git_oid one, two;
    make_commit(work, "refs/heads/main", NULL, first, &one);
    make_commit(work, "refs/heads/feature", &one, (struct made_file[]){{"models/f.sql", "select f\n", 0}, {NULL, NULL, 0}}, &two);
    MAKE(git_repository_set_head(work, "refs/heads/feature"));
    git_checkout_options options;
    git_checkout_options_init(&options, GIT_CHECKOUT_OPTIONS_VERSION);
    options.checkout_strategy = GIT_CHECKOUT_FORCE;
    MAKE(git_checkout_head(work, &options));
    git_repository_free(work);
    assert_null(fs_write(arena_printf(arena, "%s/models/a.sql", dir), "select 1\nfrom edited\nwhere x\n", 29));
    assert_null(fs_write(arena_printf(arena, "%s/models/untracked.sql", dir), "select u\n", 9));
    assert_null(fs_write(arena_printf(arena, "%s/.gitignore", dir), "*.log\n", 6));
    assert_null(fs_write(arena_printf(arena, "%s/x.log", dir), "no", 2));
    assert_int_equal(unlink(arena_printf(arena, "%s/models/gone.sql", dir)), 0);
    struct clone_change change;
    assert_null(clone_local_open(arena, dir, NULL, NULL, &change));
    assert_string_equal(change.merge_base, clone_git_hex(arena, &one));
    assert_string_equal(change.head_sha, "");
    assert_int_equal(change.count, 5);
    assert_true(diff_lines_added(&file_of(&change, "models/a.sql")->lines, 2));
    assert_true(diff_lines_added(&file_of(&change, "models/untracked.sql")->lines, 1));
    assert_int_equal(file_of(&change, "models/untracked.sql")->status, CLONE_ADDED);
    assert_string_equal(file_of(&change, "models/f.sql")->after.bytes.p, "select f\n");
    assert_int_equal(file_of(&change, "models/gone.sql")->status, CLONE_REMOVED);
    assert_true(clone_tree_has(&change.head, "models/untracked.sql"));
    assert_false(clone_tree_has(&change.head, "models/gone.sql"));
    assert_false(clone_tree_has(&change.head, "x.log"));
    struct str bytes;
    assert_null(clone_tree_get(&change.head, arena, "models/a.sql", &bytes));
    assert_string_equal(bytes.p, "select 1\nfrom edited\nwhere x\n");
    assert_null(clone_local_open(arena, dir, "main", "feature", &change));
    assert_int_equal(change.count, 1);
    assert_int_equal(clone_local_open(arena, dir, "nope", NULL, &change)->kind, ERR_INPUT);
    assert_int_equal(clone_local_open(arena, folder, NULL, NULL, &change)->kind, ERR_INPUT);
    struct clone_tree tree;
    assert_null(clone_folder_open(arena, dir, &tree));
    assert_true(clone_tree_has(&tree, "models/untracked.sql"));
}

#define R   "GET /repos/acme/dw/"
#define SHA "2222222222222222222222222222222222222222"
static void the_api_stands_in_for_git(void **state) {
    static const char pull_text[] =
        "{\"number\":7,\"state\":\"open\",\"head\":{\"ref\":\"f\",\"sha\":\"" SHA
        "\",\"repo\":null},\"base\":{\"ref\":\"main\",\"sha\":\"3333333333333333333333333333333333333333\",\"repo\":{\"id\":5}}}";
    static const char tree[] =
        "{\"tree\":[{\"path\":\"a.sql\",\"mode\":\"100644\",\"sha\":\"1\"},{\"path\":\"l\",\"mode\":\"120000\"}],\"truncated\":false}";
    const struct fake_step steps[] = {
        {R "pulls/7", NULL, 200, NULL, pull_text},
        {R "compare/3333333333333333333333333333333333333333..." SHA, NULL, 200, NULL,
         "{\"merge_base_commit\":{\"sha\":\"4444444444444444444444444444444444444444\"},\"files\":[]}"},
        {R "pulls/7/files", NULL, 200, NULL,
         "[{\"filename\":\"a.sql\",\"status\":\"modified\",\"additions\":1,\"deletions\":1,\"patch\":\"@@ -1 +1 @@\\n-a\\n+b\"},"
         "{\"filename\":\"i.png\",\"status\":\"modified\",\"additions\":0,\"deletions\":0},{\"filename\":\"../x\",\"status\":\"added\"}]"},
        {R "git/trees/3333", NULL, 200, NULL, tree},
        {R "git/trees/4444", NULL, 200, NULL, tree},
        {R "git/trees/2222", NULL, 200, NULL, tree},
        {R "contents/a.sql?ref=4444", NULL, 200, NULL, "a\n"},
        {R "contents/a.sql?ref=2222", NULL, 200, NULL, "b\n"},
        {R "contents/a.sql?ref=3333", NULL, 200, NULL, "base\n"},
    };
    struct fake fake = {.base = "https://api.github.com", .steps = steps, .count = sizeof steps / sizeof *steps};
    struct http *http = http_create_fake(fake_send, &fake);
    struct github *github;
    assert_null(github_create(http, &(struct github_config){.app = {.token = "ghp_personal"}, .pause = fake_pause, .pause_ctx = &fake}, &github));
    struct clone_config broken = config;
    broken.git_base = arena_printf(arena, "%s/nowhere", folder);
    const struct github_repo repo = {"acme/dw", 0};
    struct clone_door door = {&broken, github, &repo};
    struct clone_pull pull = {.repo = "acme/dw", .number = 7, .base_ref = "main", .head_sha = SHA};
    struct clone_change change;
    assert_null(clone_pull_any(arena, &door, &pull, &change));
    assert_true(change.by_api);
    assert_non_null(strstr(change.note, "git failed"));
    assert_false(change.truncated);
    assert_non_null(strstr(change.note, "were not read")); /* one name was not safe */
    assert_int_equal(change.count, 2);
    assert_string_equal(change.files[0].after.bytes.p, "b\n");
    assert_true(diff_lines_added(&change.files[0].lines, 1));
    assert_true(change.files[1].after.is_binary);
    struct str bytes;
    assert_null(clone_tree_get(&change.target, arena, "a.sql", &bytes));
    assert_string_equal(bytes.p, "base\n");
    assert_int_equal(clone_tree_get(&change.target, arena, "l", &bytes)->kind, ERR_INPUT);
    assert_int_equal(fake.at, fake.count);
    github_destroy(github);
    http_destroy(http);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pull_request_is_compared_with_its_merge_base),
        cmocka_unit_test(settings_and_owners_come_from_the_target),
        cmocka_unit_test(trees_list_plain_files_and_read_them),
        cmocka_unit_test(heads_that_are_not_there_yet_are_for_later),
        cmocka_unit_test(fetches_are_bounded),
        cmocka_unit_test(mirrors_are_kept_tidy),
        cmocka_unit_test(local_work_counts_before_it_is_committed),
        cmocka_unit_test(the_api_stands_in_for_git),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
