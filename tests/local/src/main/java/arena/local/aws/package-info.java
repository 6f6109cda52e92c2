/** The AWS APIs that the SDK's clients call over HTTP: Lambda and Step Functions. */
package arena.local.aws;
