// What is wrong with data that a page was given, in words for a person.
export const damaged = (what) => new Error(`This page's data are damaged: ${what}.`);
