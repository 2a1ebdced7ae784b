//! The wire to the server. A request can be sent ahead: its answer is looked at when the next one is waited for, so that
//! both take one way there and back.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::tls::NoTlsStream;
use tokio_postgres::{Client, Error, NoTls, Socket};

type Wire = tokio_postgres::Connection<Socket, NoTlsStream>;
type Sent = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// One connection, driven by whoever waits for an answer.
pub(super) struct Link {
    runtime: Runtime,
    /// None when the connection has ended: every answer then says so.
    wire: Option<Wire>,
    client: Arc<Client>,
    /// What was sent ahead, in order.
    sent: VecDeque<Sent>,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    #[error(transparent)]
    Server(#[from] Error),
    #[error(transparent)]
    Runtime(#[from] io::Error),
}

/// A request that failed.
pub(super) struct Failed {
    pub(super) error: Error,
    /// It was not the one that was waited for, but one that had been sent ahead of it.
    pub(super) is_earlier: bool,
}

impl Link {
    pub(super) fn open(url: &str) -> Result<Link, OpenError> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (client, wire) = runtime.block_on(tokio_postgres::connect(url, NoTls))?;
        Ok(Link { runtime, wire: Some(wire), client: Arc::new(client), sent: VecDeque::new() })
    }

    pub(super) fn client(&self) -> Arc<Client> {
        Arc::clone(&self.client)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Sends a request ahead. Its failure is told by the next [`Link::wait`].
    pub(super) fn send(&mut self, request: impl Future<Output = Result<(), Error>> + Send + 'static) {
        let mut request: Sent = Box::pin(request);
        // The first look at a request puts it on the wire; whether it is answered is seen by those that follow.
        match request.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => self.sent.push_back(Box::pin(std::future::ready(answer))),
            Poll::Pending => self.sent.push_back(request),
        }
    }

    /// Waits for an answer, and for those to everything that was sent ahead of it. The first failure is answered.
    pub(super) fn wait<T>(&mut self, answer: impl Future<Output = Result<T, Error>>) -> Result<T, Failed> {
        let mut answer = pin!(answer);
        let (wire, sent) = (&mut self.wire, &mut self.sent);
        let mut earlier = None;
        let answered = self.runtime.block_on(poll_fn(|cx| {
            drive(wire, cx);
            while let Some(Poll::Ready(settled)) = sent.front_mut().map(|first| first.as_mut().poll(cx)) {
                sent.pop_front();
                earlier = earlier.take().or(settled.err());
            }
            answer.as_mut().poll(cx)
        }));
        match earlier {
            Some(error) => Err(Failed { error, is_earlier: true }),
            None => answered.map_err(|error| Failed { error, is_earlier: false }),
        }
    }

    /// Hands what was sent to the system, without waiting for an answer.
    pub(super) fn flush(&mut self) {
        let wire = &mut self.wire;
        self.runtime.block_on(poll_fn(|cx| {
            drive(wire, cx);
            Poll::Ready(())
        }));
    }
}

/// Writes what was sent and reads what came, as far as that is possible now.
fn drive(wire: &mut Option<Wire>, cx: &mut Context<'_>) {
    while let Some(open) = wire {
        match open.poll_message(cx) {
            Poll::Pending => return,
            // Notices and notifications: none is asked for.
            Poll::Ready(Some(Ok(_))) => {}
            Poll::Ready(Some(Err(error))) => {
                tracing::debug!(error = %error, "the connection to the database ended");
                *wire = None;
            }
            Poll::Ready(None) => *wire = None,
        }
    }
}
