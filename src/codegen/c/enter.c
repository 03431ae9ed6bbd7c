//@if fixed
//@if counts
int32_t x = enter(pixels, i);
//@else
int32_t x = pixels[pixel_of(i)];
//@end
//@else
//@if counts
//@if wide
float x = (float)enter(pixels, i) * INPUT_UNIT;
//@else
float x = (float)enter(pixels, i) / 255.0f;
//@end
//@else
//@if wide
float x = (float)pixels[pixel_of(i)] * INPUT_UNIT;
//@else
float x = (float)pixels[pixel_of(i)] / 255.0f;
//@end
//@end
//@end
