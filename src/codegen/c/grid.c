/* What a layer of maps looks at: rows of the image, or of the maps before it, as they are made. No
 * more than `kept` are there at a time, row r as number r modulo `kept`. */
typedef struct {
    uint32_t first; /* where they begin among all that are kept */
    //@if stencils
    uint32_t stencil; /* where its stencil begins, likewise */
    //@end
    uint16_t rows, columns, maps;     /* of what is looked at; the maps of a place side by side */
    uint16_t kept;                    /* rows that are there */
    uint16_t made_rows, made_columns; /* places of the layer itself */
    uint8_t window, stride, pool;     /* of pool * pool places the largest sum is what arrives */
} grid;
