// Drawings brought into the form of the digits that networks are trained on: the longer side of the ink fills 20 of 28
// pixels, and the centre of its mass lies in the middle, as in MNIST.

const SHARE = 20 / 28;

// Smallest box around what is not 0: {top, left, bottom, right} (exclusive), null where all is empty.
export function inkBox(ink, height, width) {
  let box = null;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (ink[y * width + x] <= 0.02) continue;
      box ??= { top: y, left: x, bottom: y + 1, right: x + 1 };
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x + 1);
      box.bottom = y + 1;
    }
  return box;
}

// The mean of an image over a rectangle with fractional sides; what lies outside of the image is 0.
function meanOver(ink, height, width, top, left, bottom, right) {
  let sum = 0;
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, bottom); y++) {
    const tall = Math.min(y + 1, bottom) - Math.max(y, top);
    for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, right); x++) {
      sum += ink[y * width + x] * tall * (Math.min(x + 1, right) - Math.max(x, left));
    }
  }
  return sum / ((bottom - top) * (right - left));
}

// ink [height, width, parts] -> image [rows, columns, parts], each the mean over what it covers.
export function averaged(ink, height, width, rows, columns, parts) {
  const image = new Float32Array(rows * columns * parts);
  for (let part = 0; part < parts; part++) {
    const plane = ink.filter((_, i) => i % parts === part);
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        image[(r * columns + c) * parts + part] = meanOver(
          plane,
          height,
          width,
          (r * height) / rows,
          (c * width) / columns,
          ((r + 1) * height) / rows,
          ((c + 1) * width) / columns,
        );
  }
  return image;
}

// ink [height, width] of any size, 0..1 -> image [rows, columns]; an empty drawing gives an empty image.
export function centred(ink, height, width, rows, columns) {
  const image = new Float32Array(rows * columns);
  const box = inkBox(ink, height, width);
  if (box === null) return image;
  // source pixels per pixel of the image
  const step = Math.max((box.bottom - box.top) / (SHARE * rows), (box.right - box.left) / (SHARE * columns));
  let mass = 0,
    y0 = 0,
    x0 = 0;
  for (let y = box.top; y < box.bottom; y++)
    for (let x = box.left; x < box.right; x++) {
      const here = ink[y * width + x];
      mass += here;
      y0 += here * (y + 0.5);
      x0 += here * (x + 0.5);
    }
  const top = y0 / mass - (rows / 2) * step,
    left = x0 / mass - (columns / 2) * step;
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++)
      image[r * columns + c] = meanOver(
        ink,
        height,
        width,
        top + r * step,
        left + c * step,
        top + (r + 1) * step,
        left + (c + 1) * step,
      );
  return image;
}
