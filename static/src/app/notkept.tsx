/** What is shown without a network of a document that this device does not keep. */

export function NotKeptPage() {
  return (
    <>
      <header class="bar">
        <a class="home" href="/">
          Palimpsest
        </a>
      </header>
      <main>
        <div class="note">
          <h1>There is no connection</h1>
          <p>This device keeps documents that were open on it before. This is none of them.</p>
          <button type="button" onClick={() => window.location.reload()}>
            Try again
          </button>
        </div>
      </main>
    </>
  )
}
