// Prints each test as it ends: on a software driver a suite takes long enough to wonder.
module.exports = class ProgressReporter {
  onTestCaseResult({ path }, { status, ancestorTitles, title, duration }) {
    const seconds = ((duration ?? 0) / 1000).toFixed(0);
    const file = path.split('/').at(-1);
    const name = [...ancestorTitles, title].join(' > ');
    process.stdout.write(
      `${status === 'failed' ? 'FAIL' : status}  ${file}: ${name} (${seconds} s)\n`,
    );
  }
};
