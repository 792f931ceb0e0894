# embed.cmake - writes OUT, a C file with the bytes of FILES (paths relative to ROOT, separated by ',').
string(REPLACE "," ";" FILES "${FILES}")
set(body "#include \"embedded.h\"\n\n#include <string.h>\n\n")
set(table "")
set(i 0)
foreach(path ${FILES})
  file(READ ${ROOT}/${path} hex HEX)
  string(LENGTH "${hex}" digits)
  math(EXPR bytes "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
  string(APPEND body "static const unsigned char file_${i}[] = {${hex}0};\n")
  string(APPEND table "    {\"${path}\", file_${i}, ${bytes}},\n")
  math(EXPR i "${i} + 1")
endforeach()
string(APPEND body "\nstatic const struct {\n    const char *path;\n    const unsigned char *bytes;\n    size_t n;\n} files[] = {\n${table}    {NULL, NULL, 0},\n};\n
struct str embedded_file(const char *path) {
    for (size_t i = 0; files[i].path; i++) {
        if (strcmp(files[i].path, path) == 0) return (struct str){(const char *)files[i].bytes, files[i].n};
    }
    return (struct str){NULL, 0};
}

const char *embedded_path(size_t i) { return i + 1 < sizeof files / sizeof *files ? files[i].path : NULL; }
")
file(WRITE ${OUT}.new "${body}")
file(COPY_FILE ${OUT}.new ${OUT} ONLY_IF_DIFFERENT)
file(TOUCH ${OUT})
